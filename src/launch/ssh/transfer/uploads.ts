import { hash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type ByteString, bufferOf } from "../../../bytes/bytes.ts";
import { askScript } from "./ask-script.ts";
import { type Asked, inBatches } from "./batches.ts";
import { digestIn } from "./digest.ts";
import { hostError } from "./host-error.ts";
import { type Item, notReadable } from "./local-items.ts";
import { type Put, putRequest } from "./put-script.ts";
import { ask, type Site } from "./site.ts";

type Waiting = Asked<Item, number>;

/** What goes together: it is held in memory while it is sent. */
const BATCH_BYTES_MAX = 8 << 20;
const BATCH_ITEMS_MAX = 256;

/**
 * Brings small files to a host, and what is no file, many at a time. What is there already is not sent. Resolves with the
 * bytes that had to be sent.
 *
 * @throws YonderError INPUT, HOST
 */
export function uploads(site: Site): (item: Item) => Promise<number> {
  const token = randomBytes(6).toString("hex");
  let temporaries = 0;

  async function act(batch: readonly Waiting[]): Promise<void> {
    const missing = await withoutThose(site, batch);
    const puts = await Promise.all(missing.map(read));
    const ready = puts.filter((put) => put !== undefined);
    const groups = Map.groupBy(ready, ({ item }) => stagingParent(item));
    await Promise.all([...groups].map(([parent, group]) => putGroup(parent, group)));
  }

  async function putGroup(parent: ByteString, group: readonly WaitingPut[]): Promise<void> {
    const temporary = `.yonder-${token}.${++temporaries}`;
    const { status, complaint } = await ask(site, putRequest(group, parent, temporary));
    if (status === 0) {
      for (const { done, content } of group) done.resolve(content?.length ?? 0);
    } else if (group.length === 1) {
      const [{ done, item }] = group as [WaitingPut];
      done.reject(hostError(site.connection, "to", item.local, complaint));
    } else {
      // It is one of them: the others are none the worse for it.
      for (const one of group) await putGroup(parent, [one]);
    }
  }

  return inBatches(act, (queue) => {
    let bytes = 0;
    const end = queue.findIndex(({ what }, index) => {
      bytes += what.size;
      return index === BATCH_ITEMS_MAX || (index > 0 && bytes > BATCH_BYTES_MAX);
    });
    return end === -1 ? queue.length : end;
  });
}

interface WaitingPut extends Put {
  readonly done: Waiting["done"];
}

/** Settles those that are there already. */
async function withoutThose(site: Site, batch: readonly Waiting[]): Promise<readonly Waiting[]> {
  if (!batch.some(({ what }) => what.type === "file")) return batch;
  const { output } = await ask(site, { script: askScript(batch.map(({ what }) => what)) });
  const there = new Set<Waiting>();
  const compared = [...output.matchAll(/^(\d+) (.*)$/gm)].map(async ([, number, words = ""]) => {
    const waiting = batch[Number(number)]!;
    const digest = digestIn(words);
    if (digest === undefined || digest !== (await digestOf(waiting.what))) return;
    there.add(waiting);
    waiting.done.resolve(0);
  });
  await Promise.all(compared);
  return batch.filter((waiting) => !there.has(waiting));
}

async function digestOf({ local }: Item): Promise<string | undefined> {
  try {
    return hash("sha256", await readFile(bufferOf(local)));
  } catch {
    return undefined; // whoever sends it says why
  }
}

/** Undefined where it cannot be read any more. */
async function read({ what: item, done }: Waiting): Promise<WaitingPut | undefined> {
  if (item.type !== "file") return { item, done, content: undefined };
  try {
    return { item, done, content: await readFile(bufferOf(item.local)) };
  } catch (error) {
    done.reject(notReadable(item.local, error));
    return undefined;
  }
}

/** Where a directory can be made from which a file can be renamed to its place. */
function stagingParent(item: Item): ByteString {
  const base = item.above[0]!.path;
  return base === "/" ? item.directory : base;
}
