import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { type Item, itemTarget } from "./local-items.ts";
import { NAME_MAX, TAR_END, tarHeader, tarPadding } from "./tar-write.ts";

/** A file with its bytes, or what is no file. */
export interface Put {
  readonly item: Item;
  readonly content: Buffer | undefined;
}

export interface PutRequest {
  readonly script: ByteString;
  readonly payload: readonly Buffer[];
}

/**
 * Makes things beside their destination, the files from an archive, and moves them to where they shall be when all are
 * whole.
 *
 * @param parent a directory on the file system of all of them
 * @param temporary a name that is free in it
 */
export function putRequest(puts: readonly Put[], parent: ByteString, temporary: ByteString): PutRequest {
  const directories = makeDirectories(puts.map(({ item }) => item));
  const rest = puts.filter(({ item }) => item.type !== "directory");
  const [first, ...more] = rest;
  if (first === undefined) return { script: `${directories}:`, payload: [] };
  const isOneFile = more.length === 0 && first.content !== undefined;
  const { script, payload } = isOneFile ? putOne(first, temporary) : putMany(rest, `${parent}/${temporary}`);
  return { script: directories + script, payload: payload.length === 0 ? [] : [...payload, TAR_END] };
}

function putOne(put: Put, temporary: ByteString): PutRequest {
  const { directory } = put.item;
  const word = quoteWord(`${directory}/${temporary}`);
  const unpack = `tar xpof - -C ${quoteWord(`${directory}/`)}`;
  return {
    script: `${DEFINE_PLACE}${unpack} && place ${word} ${quoteWord(itemTarget(put.item))} || { rm -f ${word}; false; }`,
    payload: packed(put, temporary),
  };
}

/** They come to a directory, with one in it for each of theirs: few programs then do it for many. */
function putMany(puts: readonly Put[], staging: ByteString): PutRequest {
  const groups = [...Map.groupBy(puts, ({ item }) => item.directory).values()];
  const payload: Buffer[] = [];
  let specials = "";
  let moves = "";
  for (const [number, group] of groups.entries()) {
    const staged: ByteString[] = [];
    for (const [index, put] of group.entries()) {
      const { item } = put;
      // What has too long a name for an archive has a number there.
      const isLong = `${number}/${item.name}`.length > NAME_MAX;
      const name = isLong ? `long/${number}.${index}` : `${number}/${item.name}`;
      const word = `"$s"/${quoteWord(name)}`;
      if (put.content === undefined) specials += `${makeSpecial(item)} ${word} &&\n`;
      else payload.push(...packed(put, name));
      if (isLong) moves += `place ${word} ${quoteWord(itemTarget(item))} &&\n`;
      else staged.push(word);
    }
    const to = quoteWord(`${group[0]!.item.directory}/`);
    for (const words of inWords(staged)) moves += `mv -f ${words} ${to} &&\n`;
  }
  const places = [...groups.keys(), "long"].map((name) => `"$s"/${name}`).join(" ");
  const unpack = payload.length === 0 ? "" : `tar xpof - -C "$s" &&\n`;
  // A session that was killed may have left it.
  const prepare = `${DEFINE_PLACE}s=${quoteWord(staging)}\n[ ! -e "$s" ] || rm -rf "$s"\nmkdir "$s" ${places} &&\n`;
  return { script: `${prepare}${unpack}${specials}${moves}:\nr=$?; rm -rf "$s"; exit $r`, payload };
}

function packed({ item, content = Buffer.alloc(0) }: Put, name: ByteString): Buffer[] {
  return [tarHeader({ ...item, name, size: content.length }), content, tarPadding(content.length)];
}

/**
 * Shell source that defines `place FILE PATH`: a rename. mv would move it into a directory of that name instead, and
 * through a link to one.
 */
export const DEFINE_PLACE: ByteString =
  `place() { if [ -d "$2" ]; then if [ -L "$2" ]; then rm -f "$2"; else echo "$2: Is a directory" >&2; return 1; fi; fi; ` +
  `mv -f "$1" "$2"; }\n`;

/** Those that are missing, outermost first. */
export function makeDirectories(items: readonly Pick<Item, "above">[]): ByteString {
  const all = new Map(items.flatMap(({ above }) => above.map(({ path, denied }) => [path, denied] as const)));
  let script = "";
  for (const [path, denied] of all) {
    const word = quoteWord(path);
    const restrict = denied === "" ? "" : ` && chmod ${denied} ${word}`;
    script += `[ -d ${word} ] || { mkdir -p ${word}${restrict}; } || exit\n`;
  }
  return script;
}

function makeSpecial(item: Item): ByteString {
  if (item.type === "link") return `ln -s ${quoteWord(item.linkTarget)}`;
  return `mkfifo -m ${item.mode.toString(8)}`;
}

/** A command may have some 128 KiB of words everywhere. */
const WORDS_BYTES_MAX = 60_000;

function* inWords(words: readonly ByteString[]): Generator<ByteString> {
  let line = "";
  for (const word of words) {
    if (line.length + word.length > WORDS_BYTES_MAX) {
      yield line;
      line = "";
    }
    line += ` ${word}`;
  }
  if (line !== "") yield line;
}
