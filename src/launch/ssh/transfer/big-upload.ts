import { createReadStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { type ByteString, bufferOf, decodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { YonderError } from "../../../interface/errors.ts";
import { DEFINE_SUM, digestIn, localDigest } from "./digest.ts";
import { hostError } from "./host-error.ts";
import { type Item, itemTarget, notReadable, readable, versionOf } from "./local-items.ts";
import { partialName } from "./partial.ts";
import { DEFINE_PLACE, makeDirectories } from "./put-script.ts";
import { runSession } from "./session.ts";
import { ask, insist, type Site } from "./site.ts";

/** So often may a file change while it is sent. */
const CHANGES_MAX = 3;

/**
 * Sends one file in sessions of its own, by way of a partial file beside its place. This stays where the session or the
 * connection ends: the next try goes on after what is there. Resolves with the bytes that were sent.
 *
 * @throws YonderError INPUT, HOST
 */
export async function sendBig(site: Site, item: Item): Promise<number> {
  let version = item;
  let sent = 0;
  for (let changes = 0; changes < CHANGES_MAX; changes++) {
    const result = await insist(site, () => sendVersion(site, version, (bytes) => (sent += bytes)));
    if (result === "there") return sent;
    version = { ...item, ...currentVersion(item.local) };
  }
  throw new YonderError("INPUT", { message: `${decodeText(item.local)} changes while it is sent` });
}

async function sendVersion(
  site: Site,
  item: Item,
  onSent: (bytes: number) => void,
): Promise<"there" | "changed"> {
  const target = itemTarget(item);
  const partial = `${item.directory}/${partialName(item.name, item)}`;
  const sizes = await say(
    site,
    item,
    `${makeDirectories([item])}${SIZE}size T ${quoteWord(target)}; size P ${quoteWord(partial)}\n` +
      // Now, so that nobody removes the directory meanwhile.
      `[ "$(size T ${quoteWord(target)})" = "T ${item.size}" ] || true >>${quoteWord(partial)}`,
  );
  const [whole, part] = [sizeIn("T", sizes), sizeIn("P", sizes)];
  if (whole === item.size && (await isSame(site, item, target, whole))) return "there";
  const isPrefix =
    part !== undefined && part > 0 && part <= item.size && (await isSame(site, item, partial, part));
  const from = isPrefix ? part : 0;
  if (from < item.size) await sendFrom(site, item, partial, from);
  onSent(item.size - from);
  if (currentVersion(item.local).state !== item.state) {
    await say(site, item, `rm -f ${quoteWord(partial)}`);
    return "changed";
  }
  await say(site, item, placeScript(item, partial));
  return "there";
}

/** Of regular files alone: a link gives way to a file, as with rsync. */
const SIZE = `size() { [ -f "$2" ] && [ ! -L "$2" ] && echo $1 $(wc -c <"$2"); }\n`;

function sizeIn(letter: string, text: ByteString): number | undefined {
  const digits = new RegExp(`^${letter} (\\d+)$`, "m").exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether the first bytes of a file there are those of ours. */
async function isSame(site: Site, { local }: Item, path: ByteString, bytes: number): Promise<boolean> {
  const [there, here] = await Promise.all([
    runSession(site, `${DEFINE_SUM}head -c ${bytes} ${quoteWord(path)} | sum`),
    localDigest(local, bytes),
  ]);
  return here !== undefined && digestIn(there.output) === here;
}

async function sendFrom(site: Site, item: Item, partial: ByteString, from: number): Promise<void> {
  const file = await open(bufferOf(item.local)).catch((error: unknown) => {
    throw notReadable(item.local, error);
  });
  try {
    const word = quoteWord(partial);
    // Of a file from its start ssh itself is the reader.
    const input = from === 0 ? file.fd : createReadStream("", { fd: file.fd, start: from, autoClose: false });
    const { status, complaint } = await runSession(site, `exec cat >${from === 0 ? "" : ">"}${word}`, {
      input,
    });
    if (status === 0) return;
    // Nothing is won by what fills a disk.
    await ask(site, { script: `rm -f ${word}` });
    throw hostError(site.connection, "to", item.local, complaint);
  } finally {
    await file.close();
  }
}

/** Two programs may have sent it at the same time: then the size tells. */
function placeScript({ directory, name, size, mode, mtimeS }: Item, partial: ByteString): ByteString {
  const word = quoteWord(partial);
  const date = new Date(mtimeS * 1000).toISOString();
  const time = `${date.slice(0, 16).replaceAll(/[-T:]/g, "")}.${date.slice(17, 19)}`;
  return (
    `${DEFINE_PLACE}n=$(wc -c <${word}) && [ "$n" -eq ${size} ] || { echo "$n bytes of ${size} have come" >&2; exit 1; }\n` +
    `chmod ${mode.toString(8)} ${word} && TZ=UTC0 touch -t ${time} ${word} && place ${word} ${quoteWord(`${directory}/${name}`)}`
  );
}

async function say(site: Site, item: Item, script: ByteString): Promise<ByteString> {
  const { status, output, complaint } = await ask(site, { script });
  if (status !== 0) throw hostError(site.connection, "to", item.local, complaint);
  return output;
}

function currentVersion(local: ByteString): Pick<Item, "size" | "mode" | "mtimeS" | "state"> {
  return versionOf(readable(local, () => statSync(bufferOf(local))));
}
