import { type ByteString, decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { Connection } from "../connection.ts";
import { all, oneAtATime, sum, sumWindowed } from "./all.ts";
import { removeScript } from "./cleanup.ts";
import type { Wanted } from "./fetch-script.ts";
import { fetcher } from "./fetcher.ts";
import { hostFailure } from "./host-error.ts";
import { hostShell } from "./host-shell.ts";
import { itemSender } from "./item-sender.ts";
import { itemsOf } from "./local-items.ts";
import { type Placed, placeReturned, placeSent, remoteDirectory, remotePath } from "./paths.ts";
import { makeDirectories } from "./put-script.ts";
import { rsyncFetch, rsyncSend } from "./rsync.ts";
import { ask, type Site } from "./site.ts";
import { openUses } from "./uses.ts";

/**
 * Brings the files of jobs to a host and back. Files are named as in GNU parallel's --transferfile and --return; see
 * paths.ts. A working directory is absolute or relative to the login directory, which is `~` or "".
 */
export interface Transfers {
  /**
   * Makes a working directory, and lets files be there. What is there already, with the same size and content, is not
   * sent. Resolves with the bytes that had to be sent. Where one of them fails the others are sent all the same.
   *
   * @throws YonderError INPUT (not readable here), HOST
   */
  send(files: readonly ByteString[], workdir: ByteString): Promise<number>;
  /**
   * Brings files back, each renamed into its place when it is whole. Resolves with the bytes that came, and with those
   * that are not there; the others come all the same, as they do where one fails.
   *
   * @throws YonderError HOST, OUTPUT (not writable here)
   */
  fetch(
    files: readonly ByteString[],
    workdir: ByteString,
  ): Promise<{ readonly bytes: number; readonly missing: readonly ByteString[] }>;
  /**
   * Removes files on the host, and directories that have become empty, as GNU parallel does. It undoes a `send`, which may
   * have named no files: one that others have asked for too goes with the last of these, and so does the working directory.
   *
   * @throws YonderError HOST
   */
  remove(files: readonly ByteString[], workdir: ByteString): Promise<void>;
  /** Ends what is under way. */
  close(): void;
}

export interface TransferOptions {
  /**
   * Every `send` will be undone: by a `remove` with its files (and with others that the job has made), or, where it
   * fails, by itself. Default true.
   */
  readonly cleanup?: boolean;
  /** Lets rsync, which must be here and there, do it with these options: GNU parallel's default is `-rlDzR`. */
  readonly rsync?: readonly ByteString[];
}

/**
 * By tar and cat, which every host has, unless rsync is asked for; over at most two sessions at a time: one for what is
 * small, one for a big file.
 */
export function openTransfers(connection: Connection, options: TransferOptions = {}): Transfers {
  const closing = new AbortController();
  const shell = hostShell(connection);
  const site: Site = { connection, shell, closing: closing.signal };
  const bigLane = oneAtATime();
  const { cleanup = true, rsync } = options;
  const sendItem = itemSender(site, bigLane);
  const sendPlaced = (placed: Placed): Promise<number> =>
    rsync === undefined
      ? sumWindowed(itemsOf(placed), sendItem)
      : bigLane(() => rsyncSend(site, rsync, placed));
  const fetchOwn = fetcher(site, bigLane);
  const fetchWanted = (wanted: Wanted): Promise<number | "missing"> =>
    rsync === undefined ? fetchOwn(wanted) : bigLane(() => rsyncFetch(site, rsync, wanted));
  const uses = openUses();

  async function sendFile(file: ByteString, workdir: ByteString): Promise<number> {
    const placed = placeSent(file, workdir);
    if (placed === undefined) throw noPlace(file);
    return sendPlaced(placed);
  }

  async function makeWorkdir(workdir: ByteString): Promise<number> {
    const path = remoteDirectory(workdir) || "/";
    await mustAsk(`${decodeText(path)} cannot be made`, makeDirectories([{ above: [{ path, denied: "" }] }]));
    return 0;
  }

  async function mustAsk(failure: string, script: ByteString): Promise<void> {
    const { status, complaint } = await ask(site, { script });
    if (status !== 0) throw hostFailure(connection, failure, complaint);
  }

  async function removeUnused(files: readonly ByteString[], workdir: ByteString): Promise<void> {
    const script = removeScript(uses.release(files, workdir));
    // At once, so that it comes before what is sent from now on.
    if (script !== "") await ask(site, { script });
  }

  return {
    async send(files, workdir) {
      if (cleanup) uses.add(files, workdir);
      const base = remoteDirectory(workdir);
      // Otherwise it is made with the first file that is in it.
      const isBare = files.every((file) => placeSent(file, workdir)?.base !== base);
      const sends = files.map((file) => sendFile(file, workdir));
      if (isBare && base !== ".") sends.push(makeWorkdir(workdir));
      try {
        return sum(await all(sends));
      } catch (error) {
        if (cleanup) await removeUnused(files, workdir).catch(() => {});
        throw error;
      }
    },
    async fetch(files, workdir) {
      const results = await all(files.map((file) => fetchWanted(wantedOf(placeReturned(file, workdir)))));
      return {
        bytes: sum(results.map((result) => (result === "missing" ? 0 : result))),
        missing: files.filter((_, index) => results[index] === "missing"),
      };
    },
    remove: removeUnused,
    close() {
      closing.abort();
      shell.close();
    },
  };
}

function wantedOf(placed: Placed): Wanted {
  const path = remotePath(placed);
  const slash = path.lastIndexOf("/");
  // What is in the root directory has a directory, too.
  const directory = path.slice(0, slash) || "/.";
  return { directory, name: path.slice(slash + 1), local: placed.local.replace(/(?!^)\/+$/, "") };
}

function noPlace(file: ByteString): YonderError {
  return new YonderError("INPUT", {
    message: `${decodeText(file)} has no place on another machine: it has a ..`,
    remedy: "write /./ where the part begins that is to be the same there: ../in/./a.txt goes to a.txt",
  });
}
