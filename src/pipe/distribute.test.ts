import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { roundRobin, tee } from "./distribute.ts";
import type { JobFeed } from "./job-feed.ts";
import type { Block, KeyOptions } from "./options.ts";
import { spread } from "./spread.ts";

/** A job that takes what it is given, after so many turns of the event loop; it can stop reading. */
interface FakeJob extends JobFeed {
  text: string;
  ended: boolean;
  broken: boolean;
}

function fakeJob(turns = 0, readsMax = Number.POSITIVE_INFINITY): FakeJob {
  let writes = 0;
  return {
    path: "",
    text: "",
    ended: false,
    broken: false,
    bytes: 0,
    async write(chunks) {
      assert.ok(!this.ended);
      for (let turn = 0; turn < turns; turn++) await setImmediate();
      if (++writes > readsMax) this.broken = true;
      else this.text += Buffer.concat([...chunks]).toString("latin1");
    },
    end() {
      this.ended = true;
    },
    close() {},
  };
}

let released = 0;

async function* blocksOf(texts: readonly string[], headerText?: string): AsyncGenerator<Block> {
  const header = headerText === undefined ? undefined : Buffer.from(headerText);
  for (const text of texts) {
    const records = Buffer.from(text, "latin1");
    const chunks = header ? [header, records] : [records];
    const release = (): unknown => records.fill("!") && released++;
    yield { header, records, chunks, bytes: text.length, release };
  }
}

test("round robin in order: the same blocks to the same jobs, the header once to each", async () => {
  const jobs = [fakeJob(3), fakeJob(), fakeJob(1)];
  await roundRobin(blocksOf(["1", "2", "3", "4", "5", "6", "7"], "h"), 3, true, (i) => jobs[i]!);
  assert.deepEqual(
    jobs.map((job) => job.text),
    ["h147", "h25", "h36"],
  );
  assert.ok(jobs.every((job) => job.ended));
});

test("round robin: as many jobs as blocks", async () => {
  const started: FakeJob[] = [];
  const start = (i: number): FakeJob => (started[i] = fakeJob());
  await roundRobin(blocksOf(["1", "2"]), 5, false, start);
  assert.deepEqual(
    started.map((job) => job.text),
    ["1", "2"],
  );
});

test("round robin: a slow job gets less, and one that stops reading gets no more", async () => {
  const jobs = [fakeJob(), fakeJob(50), fakeJob(0, 2)];
  const texts = Array.from({ length: 60 }, () => "x");
  released = 0;
  await roundRobin(blocksOf(texts), 3, false, (i) => jobs[i]!);
  assert.equal(released, 60);
  assert.equal(jobs[2]!.text.length, 2);
  assert.ok(jobs[1]!.text.length < jobs[0]!.text.length / 2);
  assert.equal(jobs[0]!.text.length + jobs[1]!.text.length, 57);
});

test("when no job reads any more, the input is not read to its end", async () => {
  released = 0;
  await roundRobin(blocksOf(Array.from({ length: 1000 }, () => "x")), 2, false, () => fakeJob(0, 1));
  assert.ok(released < 10);
  released = 0;
  await tee(blocksOf(Array.from({ length: 1000 }, () => "x")), [fakeJob(0, 1), fakeJob(0, 2)]);
  assert.ok(released < 10);
});

test("tee: everything to every job, the header once", async () => {
  const jobs = [fakeJob(2), fakeJob()];
  await tee(blocksOf(["1", "2", "3"], "h"), jobs);
  assert.deepEqual(
    jobs.map((job) => job.text),
    ["h123", "h123"],
  );
});

async function spreadOver(
  count: number,
  by: "shard" | "bin",
  options: KeyOptions,
  texts: string[],
  header?: string,
): Promise<string[]> {
  const jobs = Array.from({ length: count }, () => fakeJob());
  await spread(blocksOf(texts, header), jobs, by, options);
  assert.ok(jobs.every((job) => job.ended));
  return jobs.map((job) => job.text);
}

test("bin: the value is the number of the job, modulo their number", async () => {
  const lines = "a 0\nb 1\nc 2\nd 3\ne 4\nf -1\ng x\nh 1.7\ni \nj 7\n";
  assert.deepEqual(await spreadOver(3, "bin", { key: "2", colsep: " " }, [lines]), [
    "b 1\ne 4\nh 1.7\nj 7\n",
    "c 2\nf -1\n",
    "a 0\nd 3\ng x\ni \n",
  ]);
});

test("bin: a named column; the header goes to no job", async () => {
  const jobs = await spreadOver(2, "bin", { key: "k", colsep: " " }, ["x 1\ny 2"], "v k\n");
  assert.deepEqual(jobs, ["x 1\n", "y 2"]);
  await assert.rejects(
    spreadOver(2, "bin", { key: "q", colsep: " " }, ["x 1\n"], "v k\n"),
    /Column 'q' not found/,
  );
});

test("shard: one value, one job; nothing is lost and the order stays", async () => {
  const words = fc.array(fc.constantFrom("a", "b", "cc", "\xff", ""), { maxLength: 30 });
  const property = fc.asyncProperty(words, fc.integer({ min: 1, max: 4 }), async (keys, count) => {
    const lines = keys.map((key, i) => `${key}\t${i}\n`);
    const jobs = await spreadOver(count, "shard", { key: "1" }, [lines.join("")]);
    for (const key of new Set(keys)) {
      const wanted = lines.filter((line) => line.startsWith(`${key}\t`)).join("");
      const found = jobs.map((job) => job.match(new RegExp(`^${key}\\t.*\\n`, "gm"))?.join("") ?? "");
      assert.deepEqual(
        found.filter((text) => text !== ""),
        [wanted],
      );
    }
  });
  await fc.assert(property, { numRuns: 100 });
});
