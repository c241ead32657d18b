import type { ByteString } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import { type Asked, inBatches } from "./batches.ts";
import { fetchScript, groupsOf, parseVerdicts, type Verdict, type Wanted } from "./fetch-script.ts";
import { hostError } from "./host-error.ts";
import { type Received, type Root, receive } from "./receive.ts";
import { insist, type Site } from "./site.ts";
import { tarReader } from "./tar-read.ts";

/** What became of one that was asked for: its bytes where it came. Regular files above `bigBytes` do not. */
export type Fetched = number | "missing" | "big";

const BATCH_ITEMS_MAX = 256;

/**
 * Brings files and directories from a host, many at a time.
 *
 * @throws YonderError HOST, OUTPUT
 */
export function downloads(site: Site, bigBytes: number): (wanted: Wanted) => Promise<Fetched> {
  async function act(batch: readonly Asked<Wanted, Fetched>[]): Promise<void> {
    const wanted = batch.map(({ what }) => what);
    const answer = await insist(site, () => takeBatch(site, wanted, bigBytes));
    if (answer.type === "came") {
      for (const [index, { done }] of batch.entries()) settle(done, answer.results[index]!);
    } else if (batch.length === 1) {
      throw hostError(site.connection, "from", wanted[0]!.local, answer.complaint);
    } else {
      // It is one of them: the others are none the worse for it.
      for (const one of batch) await act([one]).catch(one.done.reject);
    }
  }
  return inBatches(act, (queue) => Math.min(queue.length, BATCH_ITEMS_MAX));
}

function settle(done: PromiseWithResolvers<Fetched>, result: Fetched | YonderError): void {
  if (result instanceof YonderError) done.reject(result);
  else done.resolve(result);
}

type Answer =
  | { readonly type: "came"; readonly results: readonly (Fetched | YonderError)[] }
  | { readonly type: "failed"; readonly complaint: ByteString };

/** @throws SessionEnded */
async function takeBatch(site: Site, batch: readonly Wanted[], bigBytes: number): Promise<Answer> {
  const stream = batchReader(batch);
  try {
    const script = fetchScript(batch, bigBytes);
    const { status, complaint } = await site.shell.run({ script, onOutput: stream.read });
    const failure = status !== 0 ? complaint : stream.damage();
    if (failure === undefined) return { type: "came", results: stream.place().map(withReason) };
    stream.discard();
    return { type: "failed", complaint: failure };
  } catch (error) {
    stream.discard();
    throw error;
  }

  function withReason(result: Placed, index: number): Fetched | YonderError {
    if (result !== "unreadable") return result;
    return hostError(site.connection, "from", batch[index]!.local, "permission denied");
  }
}

type Placed = Fetched | YonderError | "unreadable";

/** Takes the answer to `fetchScript` apart: lines up to a dot, and archives. */
function batchReader(batch: readonly Wanted[]) {
  let text: ByteString = "\n";
  let verdicts: readonly Verdict[] = [];
  let received: Received | undefined;
  let reader: ReturnType<typeof tarReader> | undefined;
  let damage: string | undefined;
  const roots = new Map<number, Root>();

  function begin(lines: ByteString): void {
    verdicts = parseVerdicts(lines, batch.length);
    for (const { members } of groupsOf(batch)) {
      for (const { index, name, local } of members) {
        if (verdicts[index] === "comes") roots.set(index, { name, local });
      }
    }
    received = receive([...roots.values()]);
    reader = tarReader(received);
  }

  function feed(bytes: Buffer): void {
    try {
      if (damage === undefined) reader!.read(bytes);
    } catch (error) {
      damage = (error as Error).message;
    }
  }

  return {
    read(bytes: Buffer): void {
      if (reader !== undefined) return feed(bytes);
      text += bytes.toString("latin1");
      const end = text.indexOf(END_OF_LINES);
      if (end === -1) return;
      begin(text.slice(0, end + 1));
      feed(Buffer.from(text.slice(end + END_OF_LINES.length), "latin1"));
    },
    damage: () => damage ?? (reader?.isBetweenEntries() === true ? undefined : "its answer is not whole"),
    place(): Placed[] {
      const placed = received!.place();
      return verdicts.map((verdict, index) =>
        verdict === "comes" ? (placed.get(roots.get(index)!) ?? "missing") : verdict,
      );
    },
    discard: () => received?.discard(),
  };
}

const END_OF_LINES = "\n.\n";
