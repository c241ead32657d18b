import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { JobSummary } from "../../src/core/events.ts";
import type { OutcomeRecord, RetryRecord } from "../../src/journal/records.ts";
import { scanJournal } from "../../src/journal/scan.ts";
import { repository, type Scratch, scratch } from "./scratch.ts";

const page = readFileSync(join(repository, "docs/internals/new-kind.md"), "utf8");
/** Whole files, by the paths that they begin with. */
const files = [...page.matchAll(/^```ts\n\/\/ (src\/kinds\/\S+)\n([\s\S]*?)^```$/gm)].map(
  ([, path = "", text = ""]) => ({ path, text }),
);
const TABLE = "src/kinds/kinds.ts";
const SIGTERM = 15;
/** Clocks of a shell, a thread and ours. */
const CLOCKS_MS = 20;

interface Came {
  readonly summary: JobSummary;
  readonly ends: readonly (readonly [task: number, outcome: string])[];
  readonly ahead: readonly number[];
  readonly slowest: readonly string[];
  readonly directory: string;
}

test("docs/internals/new-kind.md: tasks of the kind run in one job with commands and functions", async (t) => {
  using place = withKind();
  const { status, stdout, stderr } = place.run(`'${process.execPath}' test/system/new-kind/job.ts`);
  assert.equal(status, 0, stderr);
  const { summary, ends, ahead, slowest, directory } = JSON.parse(stderr) as Came;
  const records = recordsOf(directory);
  const lastOf = (task: number): OutcomeRecord | RetryRecord => records.findLast((one) => one.task === task)!;

  await t.test("each has its outcome: one fails, one is tried again, two are cancelled", () => {
    assert.equal(stdout, "1\n7\n");
    assert.deepEqual(ends, [
      [1, "succeeded"],
      [2, "succeeded"],
      [3, "failed"],
      [4, "succeeded"],
      // It waited behind the next one.
      [6, "cancelled"],
      [5, "cancelled"],
      [7, "succeeded"],
      [8, "again"],
      [8, "succeeded"],
    ]);
    const { succeeded, failed, cancelled, unfinished } = summary;
    assert.deepEqual({ succeeded, failed, cancelled, unfinished }, SUMMARY);
  });

  await t.test("the slot runs one after the other, of whichever kind, though it held several", () => {
    assert.deepEqual(ahead, [2, 3, 4, 5, 6, 7]);
    const ran = records.filter(({ attempt }) => attempt > 0);
    assert.deepEqual(
      ran.map(({ task }) => task),
      [1, 2, 3, 4, 5, 7, 8, 8],
    );
    for (const [at, { task, startMs }] of ran.entries()) {
      if (at > 0) assert.ok(startMs > ran[at - 1]!.endMs - CLOCKS_MS, `task ${task} began too early`);
    }
    const { startMs, endMs } = lastOf(2);
    assert.ok(endMs - startMs >= 99);
  });

  await t.test("the journal has them", () => {
    const pauses = records.filter(({ command }) => command.startsWith("pause "));
    const shown = pauses.map(({ task, attempt, exitCode, signal, ...rest }) => {
      const word = rest.type === "retry" ? "retry" : rest.outcome;
      return `${task}.${attempt} ${rest.command}: ${word} ${exitCode} ${signal}`;
    });
    assert.deepEqual(shown, [
      "2.1 pause 100: succeeded 0 0",
      "3.1 pause 50: failed 1 0",
      "6.0 pause 60000: cancelled 0 0",
      `5.1 pause 60000: cancelled 0 ${SIGTERM}`,
      "8.1 pause 50: retry 1 0",
      "8.2 pause 50: succeeded 0 0",
    ]);
    assert.deepEqual(
      pauses.filter((one) => one.type === "outcome" && one.held),
      [],
    );
  });

  await t.test("progress and the timeline show them", () => {
    assert.ok(slowest.includes("pause 100"), slowest.join());
    const trace = JSON.parse(readFileSync(join(place.directory, "trace.json"), "utf8")) as Slice[];
    const slices = trace.filter(({ ph, name }) => ph === "X" && name.startsWith("pause "));
    assert.deepEqual(
      slices.map(({ name, args }) => `${args.task}.${args.attempt} ${name}: ${args.result}`),
      [
        "2.1 pause 100: succeeded",
        "3.1 pause 50: failed",
        "5.1 pause 60000: cancelled",
        "8.1 pause 50: retried",
        "8.2 pause 50: succeeded",
      ],
    );
  });
});

test("docs/internals/new-kind.md: the kind is typed as strictly as yonder itself", () => {
  using place = withKind();
  const wrong = "src/kinds/pause/wrong.ts";
  // Types that are not looked at have no errors: one must be found.
  const text =
    'import type { Kinds } from "../kinds.ts";\nexport const given: Kinds["pause"] = { ms: "1" };\n';
  writeFileSync(join(place.directory, wrong), text);
  const config = {
    extends: join(repository, "src/tsconfig.json"),
    files: [TABLE, wrong, ...files.map(({ path }) => path)],
    include: [],
    references: [],
    compilerOptions: {
      ...{ composite: false, incremental: false, declaration: false, emitDeclarationOnly: false },
      ...{ noEmit: true, isolatedDeclarations: false, rootDir: ".", tsBuildInfoFile: null },
    },
  };
  writeFileSync(join(place.directory, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(repository, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["-p", "."], { cwd: place.directory, encoding: "utf8" });
  const errors = stdout.split("\n").filter((line) => /^\S/.test(line));
  assert.equal(errors.length, 1, stdout);
  assert.match(errors[0]!, /^src\/kinds\/pause\/wrong\.ts\(2,40\): error TS2322/);
});

const SUMMARY = { succeeded: 5, failed: 1, cancelled: 2, unfinished: 0 };

interface Slice {
  readonly ph: string;
  readonly name: string;
  readonly args: Readonly<Record<"task" | "attempt" | "result", string | number>>;
}

function recordsOf(directory: string): (OutcomeRecord | RetryRecord)[] {
  const records: (OutcomeRecord | RetryRecord)[] = [];
  scanJournal(directory, (record) => {
    if (record.type === "outcome" || record.type === "retry") records.push(record);
  });
  return records;
}

/** A copy of yonder with the page's kind in it: a folder, and the lines in the table that the page shows behind others. */
function withKind(): Scratch {
  const place = scratch(["src", "tsconfig.base.json", "package.json", "test/system/new-kind"]);
  symlinkSync(join(repository, "node_modules"), join(place.directory, "node_modules"));
  for (const { path, text } of files) {
    mkdirSync(dirname(join(place.directory, path)), { recursive: true });
    writeFileSync(join(place.directory, path), text);
  }
  const table = join(place.directory, TABLE);
  let text = readFileSync(table, "utf8");
  for (const [, before, added] of page.matchAll(/^ (.+)\n\+(.+)$/gm)) {
    assert.equal(text.split(`${before}\n`).length, 2, `${TABLE} is to have this line once: ${before}`);
    text = text.replace(`${before}\n`, (line) => `${line}${added}\n`);
  }
  writeFileSync(table, text);
  return place;
}
