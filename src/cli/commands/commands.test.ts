import assert from "node:assert/strict";
import { test } from "node:test";
import { resumeJob } from "../../journal/resume.ts";
import { aJournal, anOutcome, text } from "../../journal/testing.ts";
import type { JournalWriter } from "../../journal/writer.ts";
import type { CommandIo } from "./io.ts";

type Run = (args: readonly string[], io: CommandIo) => Promise<number>;

async function command(
  name: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<{ exitCode: number; out: string; err: string }> {
  const { run } = (await import(`./${name}.ts`)) as { run: Run };
  let out = "";
  let err = "";
  const exitCode = await run(args, {
    env,
    write: (content) => void (out += typeof content === "string" ? content : content.toString("utf8")),
    writeError: (content) => void (err += content.toString("utf8")),
    note: (line) => void (err += `yonder: ${line}\n`),
    columns: undefined,
    nowMs: Date.now,
  });
  return { exitCode, out, err };
}

/** Two tasks that are done, one that failed after a retry, one that runs and one that waits. */
function aLiveJob(): { journal: JournalWriter; env: NodeJS.ProcessEnv } {
  const { journal, options } = aJournal();
  journal.outcome(anOutcome(1), { stdout: text("one\n") });
  journal.outcome(anOutcome(2), { stdout: text("zwei ü\n"), stderr: text("warning\n") });
  const { outcome: _, ...attempt } = anOutcome(3, { exitCode: 4, stderrTail: "first try\n" });
  journal.retry({ ...attempt, reason: "failed" });
  journal.outcome(anOutcome(3, { attempt: 2, outcome: "failed", exitCode: 5, peakMemoryBytes: 1 << 20 }), {
    stderr: text("line 1\nline 2\nno such file\n"),
  });
  journal.total(5);
  const running = [{ task: 4, attempt: 1, slot: 1, startMs: Date.now() - 2000, command: "sleep 9" }];
  journal.status(() => ({ slots: 1, running, waiting: 1 }));
  journal.flush();
  return { journal, env: options.env };
}

test("jobs lists the newest first, in a table and as JSON", async () => {
  const { journal, env } = aLiveJob();
  const live = await command("jobs", env, []);
  assert.match(live.out, /^JOB +STATE +DONE +FAILED +STARTED +TIME +COMMAND\n/);
  assert.match(live.out, new RegExp(`\n${journal.id} +running +3/5 +1 .* echo {} ::: a\n`));
  journal.finish(1);
  const { out } = await command("jobs", env, ["--json"]);
  const json = JSON.parse(out) as { id: string; state: string; counts: { failed: number } };
  assert.deepEqual([json.id, json.state, json.counts.failed], [journal.id, "failed", 1]);
  assert.equal((await command("jobs", env, ["--state", "running", "--json"])).out, "");
});

test("show tells what was asked, what runs, what failed and what to do next", async () => {
  const { journal, env } = aLiveJob();
  const { out } = await command("show", env, ["@"]);
  assert.match(out, /running\n/);
  assert.match(out, /tasks +3 of 5: 2 succeeded, 1 failed, 1 running, 1 waiting, 1 attempts tried again\n/);
  assert.match(out, /TASK {2}SLOT {2}FOR +COMMAND\n +4 +1 +2\.\d s +sleep 9\n/);
  assert.match(out, /task 3 {2}exit 5 .*\n {4}line 1\n {4}line 2\n {4}no such file\n/);
  journal.finish(1);
  assert.match((await command("show", env, ["@"])).out, /failed \(exit 1\)(.|\n)*next: yonder resume \w+ /);
  const whole = resumeJob({ env, keepBytes: 0, warn: () => {} }, journal.directory).journal;
  whole.total(3);
  whole.finish(1);
  assert.match((await command("show", env, ["@"])).out, /failed \(exit 1\)(.|\n)*yonder resume --failed/);
  const json = JSON.parse((await command("show", env, ["@", "--json"])).out) as {
    failures: { task: number }[];
  };
  assert.equal(json.failures[0]?.task, 3);
});

test("logs prints whole outputs, to where they were printed", async () => {
  const { journal, env } = aLiveJob();
  const all = await command("logs", env, [journal.id]);
  assert.equal(all.out, "one\nzwei ü\n");
  assert.equal(all.err, "warning\nline 1\nline 2\nno such file\n");
  assert.equal((await command("logs", env, ["@", "2", "--stdout"])).out, "zwei ü\n");
  assert.equal(
    (await command("logs", env, ["@", "--stderr", "--failed"])).err,
    "line 1\nline 2\nno such file\n",
  );
  const json = JSON.parse((await command("logs", env, ["@", "2", "--json"])).out) as { stdout: string };
  assert.equal(json.stdout, "zwei ü\n");
  const missing = await command("logs", env, ["@", "5"]);
  assert.deepEqual([missing.exitCode, missing.out], [1, ""]);
  journal.finish(1);
});

test("logs --follow goes on until the job ends", async () => {
  const { journal, env } = aLiveJob();
  const following = command("logs", env, ["@", "-f", "--stdout"]);
  setTimeout(() => {
    journal.outcome(anOutcome(4), { stdout: text("late\n") });
    journal.finish(1);
  }, 150);
  assert.equal((await following).out, "one\nzwei ü\nlate\n");
});

test("wait has the exit status of the job", async () => {
  const { journal, env } = aLiveJob();
  assert.equal((await command("wait", env, ["--timeout", "0.1"])).exitCode, 124);
  const waiting = command("wait", env, [journal.id]);
  setTimeout(() => journal.finish(5), 100);
  const { exitCode, err } = await waiting;
  assert.equal(exitCode, 5);
  assert.match(err, /failed: 2 succeeded, 1 failed/);
});

test("explain tells what each attempt did", async () => {
  const { journal, env } = aLiveJob();
  const { out } = await command("explain", env, ["@", "3"]);
  assert.match(out, /^task 3 of job \w+: failed\n/);
  assert.match(out, /attempt 1\n(.*\n)* +result +failed, tried again, exit 4\n(.*\n)* +first try\n/);
  assert.match(out, /attempt 2\n(.*\n)* +result +failed, exit 5\n(.*\n)* +memory +1\.0 MiB at the peak\n/);
  assert.match(out, /line 1\n +line 2\n +no such file\n/);
  journal.finish(1);
});

test("explain tells why a task waits, and what a running one does", async () => {
  const { journal, env } = aLiveJob();
  assert.match(
    (await command("explain", env, ["@", "5"])).out,
    /: waiting\n {2}it is next in line\n {2}all 1 slots are busy\n/,
  );
  assert.match(
    (await command("explain", env, ["@", "4"])).out,
    /: running\n(.|\n)*since .* 2\.\d s in slot 1\n/,
  );
  assert.match((await command("explain", env, ["@"])).out, /^job \w+: running\n(.|\n)*the 2 left take/);
  journal.finish(1);
});

test("a task that the job does not have, and a state that no job has, are said to be none", async () => {
  const { journal, env } = aLiveJob();
  for (const name of ["explain", "logs"]) {
    await assert.rejects(command(name, env, ["@", "6"]), {
      message: `job ${journal.id} has no task 6: it has 5`,
      exitCode: 1,
    });
  }
  journal.finish(1);
  assert.match((await command("logs", env, ["@", "5"])).err, /task 5 has not ended; yonder explain @ 5/);
  await assert.rejects(command("jobs", env, ["--state", "runing"]), {
    message: '--state: "runing" is none of running, succeeded, failed, cancelled, interrupted, damaged',
    exitCode: 2,
  });
});

test("gc removes what is old, and nothing that lives", async () => {
  const { journal, env } = aLiveJob();
  const { journal: old } = aJournal({ env });
  old.finish(0);
  const dry = await command("gc", env, ["--keep", "0", "--dry-run"]);
  assert.match(dry.out, new RegExp(`${old.id} .*beyond the newest 0`));
  assert.equal((await command("jobs", env, [])).out.split("\n").length, 4);
  const { err } = await command("gc", env, ["--keep", "0"]);
  assert.match(err, /freed .* of 1 jobs/);
  assert.match((await command("jobs", env, [])).out, new RegExp(`STATE.*\n${journal.id}.*\n$`));
  journal.finish(0);
  assert.match((await command("gc", env, ["--max-size", "0"])).out, /over the size/);
  assert.equal((await command("jobs", env, [])).err, "yonder: no jobs\n");
});

test("wrong words are said to be wrong, with the usage", async () => {
  const { journal, env } = aLiveJob();
  const refused = (name: string, args: string[]): Promise<void> =>
    assert.rejects(command(name, env, args), (error: { exitCode: number; remedy: string }) => {
      assert.ok(error.remedy.length > 0);
      return error.exitCode === (args[0] === "zzzz" ? 1 : 2);
    });
  await refused("show", []);
  await refused("show", ["--nonsense", "@"]);
  await refused("show", ["zzzz"]);
  await refused("logs", ["@", "first"]);
  await refused("wait", ["--timeout", "soon"]);
  assert.match((await command("explain", env, ["--help"])).out, /^usage: yonder explain ID/);
  journal.finish(0);
});
