import { lstatSync } from "node:fs";
import { type ByteString, bufferOf } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { startChild } from "../../../child/start.ts";
import { makeDirectories } from "../../../directories.ts";
import { YonderError } from "../../../interface/errors.ts";
import { type Wanted, wantedPath } from "./fetch-script.ts";
import { hostError } from "./host-error.ts";
import { readable } from "./local-items.ts";
import type { Placed } from "./paths.ts";
import { notWritable } from "./receive.ts";
import { ask, type Site } from "./site.ts";

/**
 * Sends a file or directory by rsync, over the connection that there is, and in GNU parallel's way of calling it: its
 * options may change where it goes. Resolves with the size of a file.
 *
 * @throws YonderError INPUT, HOST
 */
export async function rsyncSend(site: Site, options: readonly ByteString[], placed: Placed): Promise<number> {
  const { local, base } = placed;
  const size = readable(local, () => sizeOf(local));
  const made = await ask(site, { script: `mkdir -p ${quoteWord(base || "/")}` });
  if (made.status !== 0) throw hostError(site.connection, "to", local, made.complaint);
  const rooted = /^\.?\//.test(local) ? local : `./${local}`;
  await rsync(site, [...options, "--", rooted, `host:${base || "/"}`], (cause) =>
    hostError(site.connection, "to", local, cause),
  );
  return size;
}

/** @throws YonderError HOST, OUTPUT */
export async function rsyncFetch(
  site: Site,
  options: readonly ByteString[],
  wanted: Wanted,
): Promise<number | "missing"> {
  const { directory, name, local } = wanted;
  const path = quoteWord(wantedPath(wanted));
  const { status } = await ask(site, { script: `[ -e ${path} ] || [ -L ${path} ]` });
  if (status !== 0) return "missing";
  const parent = local.slice(0, local.lastIndexOf("/") + 1) || "./";
  try {
    makeDirectories(bufferOf(parent));
  } catch (error) {
    throw notWritable(local, error);
  }
  const program = `--rsync-path=cd ${quoteWord(directory)} && rsync`;
  await rsync(site, [...options, program, "--", `host:./${name}`, parent], (cause) =>
    hostError(site.connection, "from", local, cause),
  );
  return sizeOf(local);
}

async function rsync(
  site: Site,
  args: readonly ByteString[],
  failure: (cause: ByteString) => YonderError,
): Promise<void> {
  // Names are no business of the shell there.
  const words = ["rsync", "-s", "-e", remoteShell(site.connection.words()), ...args];
  // Node passes arguments as text; a shell reads bytes.
  const child = startChild("/bin/sh", [], { stdio: ["pipe", "inherit", "pipe"], detached: true });
  const kill = (): void => void child.kill("SIGTERM");
  site.closing.addEventListener("abort", kill);
  child.stdin!.on("error", () => {}).end(`exec ${words.map(quoteWord).join(" ")}\n`, "latin1");
  let complaint = "";
  child.stderr!.on("data", (bytes: Buffer) => {
    complaint = (complaint + bytes.toString("latin1")).slice(-4096);
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => site.closing.removeEventListener("abort", kill));
  if (status === 0) return;
  if (status === 127) throw noRsync();
  // Tells why, where it is the connection that has ended.
  await site.connection.control.run(":");
  throw failure(complaint);
}

function noRsync(): YonderError {
  return new YonderError("HOST", {
    message: "rsync is not installed here",
    remedy: "install it, or leave out --rsync-opts: files need no rsync",
  });
}

/** A program for -e that runs commands on the one host, whatever it is told the host is. */
function remoteShell(words: readonly ByteString[]): ByteString {
  const script = `shift; exec ${words.map(quoteWord).join(" ")} "$@"`;
  // rsync takes this apart by quotes of its own, in which a quote is written twice.
  return `sh -c '${script.replaceAll("'", "''")}' sh`;
}

function sizeOf(path: ByteString): number {
  const stat = lstatSync(bufferOf(path));
  return stat.isFile() ? stat.size : 0;
}
