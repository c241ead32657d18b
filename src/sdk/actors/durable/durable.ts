import { join } from "node:path";
import { makeDirectories } from "../../../directories.ts";
import { YonderError } from "../../../interface/errors.ts";
import { claimAlone, liveClaims } from "../../../journal/claims.ts";
import { stateDirectory } from "../../../journal/places.ts";
import { otherClass } from "../errors.ts";
import { type CallLog, openLog } from "./log.ts";
import { type SavedState, type StateStore, stateFiles } from "./state-file.ts";

/** What is kept of an actor on the disk: its last checkpoint, and the calls since then. Of one process at a time. */
export interface Durable {
  readonly log: CallLog;
  /** The last checkpoint that is on the disk, when those under way are. */
  saved(): Promise<SavedState | undefined>;
  /** One after the other. Afterwards the log forgets what the checkpoint holds. */
  save(number: number, bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param directory of all actors
 * @throws YonderError ACTOR_CONFLICT where the actor is one of another class, or another program has it; STORE_CORRUPT
 */
export async function openDurable(
  name: string,
  className: string,
  directory: string = join(stateDirectory(process.env), "actors"),
  store: StateStore = stateFiles,
): Promise<Durable> {
  const own = join(directory, fileName(name));
  makeDirectories(own, 0o700);
  const claim = claimAlone(own, "owner");
  if (claim === undefined) throw inUse(name, own);
  try {
    const first = await store.load(own);
    if (first !== undefined && first.className !== className)
      throw otherClass(name, first.className, className);
    const log = openLog(own, first?.number ?? 0);
    let saving: Promise<void> = Promise.resolve();
    const save = async (number: number, bytes: Uint8Array): Promise<void> => {
      await store.save(own, { number, className, bytes });
      log.forget(number);
    };
    return {
      log,
      async saved() {
        await saving;
        return store.load(own);
      },
      save(number, bytes) {
        const next = saving.then(() => save(number, bytes));
        saving = next.catch(() => {}); // whoever asked for it is told
        return next;
      },
      async close() {
        await saving;
        log.close();
        claim.release();
      },
    };
  } catch (error) {
    claim.release();
    throw error;
  }
}

/** Any name makes a file name of its own. */
function fileName(name: string): string {
  return encodeURIComponent(name).replaceAll(/[.*'()!~]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

function inUse(name: string, directory: string): YonderError {
  const pid = liveClaims(directory, "owner")[0]?.owner.pid;
  return new YonderError("ACTOR_CONFLICT", {
    message: `the durable actor ${name} is run by ${pid === process.pid ? "this program already, by another connect()" : `another program${pid === undefined ? "" : `, process ${pid}`}`}`,
    remedy: "stop that one first, or give this one another name or directory",
  });
}
