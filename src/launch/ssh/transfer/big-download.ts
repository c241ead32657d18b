import { chmodSync, renameSync, rmSync, statfsSync, statSync, utimesSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { type ByteString, bufferOf, decodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { makeParent } from "../../../directories.ts";
import { DEFINE_SUM, digestIn, localDigest } from "./digest.ts";
import { definePack, type Wanted, wantedPath } from "./fetch-script.ts";
import { hostError } from "./host-error.ts";
import { SessionEnded } from "./host-shell.ts";
import { partialName } from "./partial.ts";
import { notWritable } from "./receive.ts";
import { runSession } from "./session.ts";
import { ask, insist, type Site } from "./site.ts";
import { type TarRead, tarReader } from "./tar-read.ts";

/** So often may a file change while it comes. */
const CHANGES_MAX = 3;

/**
 * Brings one file in sessions of its own, by way of a partial file beside its place here. This stays where the session or
 * the connection ends: the next try goes on after what is here. Resolves with the bytes that came.
 *
 * @throws YonderError HOST, OUTPUT
 */
export async function fetchBig(site: Site, wanted: Wanted): Promise<number | "missing"> {
  let came = 0;
  for (let changes = 0; changes < CHANGES_MAX; changes++) {
    const result = await insist(site, () => fetchVersion(site, wanted, (bytes) => (came += bytes)));
    if (result === "here") return came;
    if (result === "missing") return "missing";
  }
  throw hostError(site.connection, "from", wanted.local, "it changes while it comes");
}

async function fetchVersion(
  site: Site,
  wanted: Wanted,
  onCame: (bytes: number) => void,
): Promise<"here" | "missing" | "changed"> {
  const version = await look(site, wanted);
  if (version === undefined) return "missing";
  const { local } = wanted;
  const parent = local.slice(0, local.lastIndexOf("/") + 1);
  const partial = parent + partialName(local.slice(parent.length), version);
  writing(local, () => makeParent(local));
  const part = sizeHere(partial);
  const isPrefix = part > 0 && part <= version.size && (await isSame(site, wanted, partial, part));
  const from = isPrefix ? part : 0;
  if (from < version.size) await fetchFrom(site, wanted, partial, { from, size: version.size });
  onCame(version.size - from);
  const after = await look(site, wanted);
  if (after?.size !== version.size || after.mtimeS !== version.mtimeS) {
    rmSync(bufferOf(partial), { force: true });
    return "changed";
  }
  writing(local, () => {
    chmodSync(bufferOf(partial), version.mode & 0o777);
    utimesSync(bufferOf(partial), version.mtimeS, version.mtimeS);
    renameSync(bufferOf(partial), bufferOf(local));
  });
  return "here";
}

/** Asks tar, which tells the same of a file everywhere. */
async function look(site: Site, { directory, name }: Wanted): Promise<TarRead | undefined> {
  let found: TarRead | undefined;
  const reader = tarReader({
    onEntry: (entry) => (found ??= entry),
    onBytes() {},
  });
  const pack = `pack ${quoteWord(directory)} ${quoteWord(`./${name}`)}`;
  const script = `${definePack([{ name }])}${pack} 2>/dev/null | head -c 4096`;
  const { output } = await ask(site, { script });
  reader.read(bufferOf(output));
  return found;
}

async function isSame(site: Site, wanted: Wanted, partial: ByteString, bytes: number): Promise<boolean> {
  const [there, here] = await Promise.all([
    runSession(site, `${DEFINE_SUM}head -c ${bytes} ${quoteWord(wantedPath(wanted))} | sum`),
    localDigest(partial, bytes),
  ]);
  return here !== undefined && digestIn(there.output) === here;
}

async function fetchFrom(
  site: Site,
  wanted: Wanted,
  partial: ByteString,
  { from, size }: { readonly from: number; readonly size: number },
): Promise<void> {
  const { local } = wanted;
  const word = quoteWord(wantedPath(wanted));
  const script = from === 0 ? `cat ${word}` : `tail -c +${from + 1} ${word}`;
  const file = await open(bufferOf(partial), from === 0 ? "w" : "a").catch((error: unknown) => {
    throw notWritable(local, error);
  });
  try {
    const { status, complaint } = await bring(site, script, file.fd, local);
    if (status !== 0) throw hostError(site.connection, "from", local, complaint);
    if (sizeHere(partial) < size) throw new SessionEnded(`${decodeText(local)} has not come as a whole`);
  } catch (error) {
    // ssh does not say what it cannot write.
    if (statfsSync(bufferOf(partial)).bavail > 0) throw error;
    rmSync(bufferOf(partial), { force: true });
    throw notWritable(local, { code: "ENOSPC" });
  } finally {
    await file.close();
  }
}

/**
 * ssh itself is the writer: no byte comes through here. But where a login shell greets every session, only the shared
 * shell knows where the greeting ends.
 */
async function bring(
  site: Site,
  script: ByteString,
  fd: number,
  local: ByteString,
): Promise<{ readonly status: number; readonly complaint: ByteString }> {
  if (!site.shell.isGreeted()) return runSession(site, script, { output: fd });
  let failure: unknown;
  const answer = await site.shell.run({
    script,
    onOutput(bytes) {
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      } catch (error) {
        failure = error;
      }
    },
  });
  if (failure !== undefined) throw notWritable(local, failure);
  return answer;
}

function sizeHere(path: ByteString): number {
  return statSync(bufferOf(path), { throwIfNoEntry: false })?.size ?? 0;
}

/** @throws YonderError OUTPUT */
function writing(path: ByteString, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw notWritable(path, error);
  }
}
