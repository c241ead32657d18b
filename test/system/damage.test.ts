import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { cutsOf, type Damaged, flipsOf, tailsOf } from "../../src/seal/testing.ts";
import { program } from "./program.ts";
import { type Sandbox, sandbox } from "./sandbox.ts";

// What damage to the files of a job does to the commands that read them: src/journal/damage.test.ts goes through all of
// it; here a few of each kind, with the real program.

/** The directory of the newest job. */
function jobDirectory(place: Sandbox): string {
  const jobs = join(place.directory, "state/yonder/jobs");
  return join(jobs, readdirSync(jobs).sort().at(-1)!);
}

/** Every n-th of them. */
function* some(damages: Iterable<Damaged>, n: number): Generator<Damaged> {
  let index = 0;
  for (const damage of damages) if (index++ % n === 0) yield damage;
}

const NO_STACK = /^(?!.*(?:internal error|\n\s+at ))/s;

test("a damaged record: the commands name the file and what to do; no task runs again unasked", () => {
  using place = sandbox();
  place.run("yonder -j1 'echo {} >> ran; echo out-{}; [ {} != 2 ]' ::: 1 2 3 4");
  const directory = jobDirectory(place);
  const journal = join(directory, "journal.jsonl");
  const whole = readFileSync(journal);
  const damaged = Buffer.from(whole);
  damaged[damaged.indexOf('"task":3') + 7]! ^= 1; // it is task 2 then
  writeFileSync(journal, damaged);
  const isSaid = /line \d+ of \S+\/journal\.jsonl is damaged/;

  const refused = place.run("yonder resume @");
  assert.match(refused.stderr, isSaid);
  assert.match(refused.stderr, /yonder resume --damaged \w+ runs what has no known outcome/);
  assert.deepEqual([refused.status, refused.stdout], [255, ""]);
  assert.match(place.run("yonder resume --failed @").stderr, isSaid);
  assert.match(place.run("yonder show @").stdout, isSaid);
  assert.match(place.run("yonder show --json @").stdout, /"damagedLines":\[\d+\]/);
  const logs = place.run("yonder logs @");
  assert.match(logs.stderr, isSaid);
  assert.equal(logs.stdout, "out-1\nout-2\nout-4\n");
  assert.equal(logs.status, 1);
  assert.match(place.run("yonder explain @ 3").stdout, isSaid);
  const ran = (): string[] =>
    readFileSync(join(place.directory, "ran"), "latin1").split("\n").filter(Boolean).sort();
  assert.deepEqual(ran(), ["1", "2", "3", "4"]);

  const resumed = place.run("yonder resume --damaged @");
  assert.match(resumed.stdout, /out-3\n/);
  assert.deepEqual(ran(), ["1", "2", "3", "3", "4"]);
  assert.doesNotMatch(place.run("yonder show @").stdout, isSaid);
  assert.equal(place.run("yonder logs @ 3").stdout, "out-3\n");
  assert.match(place.run("yonder resume --failed @").stdout, /^out-2\n$/);
});

test("one damaged job never hides the others", () => {
  using place = sandbox();
  place.run("yonder echo ::: good");
  const good = jobDirectory(place);
  place.run("yonder echo ::: bad");
  const bad = jobDirectory(place);
  const id = bad.split("/").at(-1)!;
  const request = join(bad, "request.json");
  const text = readFileSync(request, "latin1");
  const wrongs: Record<string, () => void> = {
    "an absurd time": () =>
      writeFileSync(
        request,
        text
          .replace(/"startedMs":\d+/, '"startedMs":1e300')
          .replace('"format":2', '"format":1')
          .replace(/,"crc":"\w+"/, ""),
      ),
    "a directory in its place": () => mkdirSync(request),
    "an empty file": () => writeFileSync(request, ""),
    "a flipped bit": () => writeFileSync(request, text.replace("bad", "bae"), "latin1"),
    "no request": () => {},
    "a journal that is a directory": () => {
      writeFileSync(request, text, "latin1");
      rmSync(join(bad, "journal.jsonl"));
      mkdirSync(join(bad, "journal.jsonl"));
    },
  };
  for (const [what, damage] of Object.entries(wrongs)) {
    rmSync(request, { recursive: true, force: true });
    damage();
    const jobs = place.run("yonder jobs");
    assert.equal(jobs.status, 0, what);
    assert.match(jobs.stdout, new RegExp(`${good.split("/").at(-1)} +succeeded`), what);
    assert.match(jobs.stdout, new RegExp(`${id} +damaged`), what);
    assert.match(
      place.run("yonder jobs --json").stdout,
      new RegExp(`{"id":"${id}","state":"damaged"}`),
      what,
    );
    for (const command of ["show", "resume", "cancel", "explain", "wait", "logs", "resume --failed"]) {
      const { status, stderr } = place.run(`yonder ${command} ${id}`);
      const isAnswered = command === "logs" && !what.startsWith("a journal");
      if (!isAnswered) assert.notEqual(status, 0, `${what}: ${command}`);
      if (!isAnswered) assert.ok(stderr.includes(bad), `${what}: ${command} names the file: ${stderr}`);
      assert.match(stderr, NO_STACK, `${what}: ${command}`);
    }
    assert.equal(place.run("yonder show @2").status, 0, what);
    assert.equal(place.run(`yonder wait ${id} @2 2>/dev/null`).status, 0, "the last one named counts");
    const cancelled = place.run(`yonder cancel ${id} @2`);
    assert.match(cancelled.stderr, /job \w+ had ended/, `${what}: the others are cancelled all the same`);
    assert.equal(place.run("yonder gc --only jobs --dry-run").status, 0, what);
    assert.equal(place.run("yonder echo ::: 1; yonder gc --only jobs --keep 9").status, 0, what);
    rmSync(jobDirectory(place), { recursive: true });
  }
});

test("whatever happens to the files of a job, no command ends by a fault of its own", () => {
  using place = sandbox();
  place.run("seq 3 | yonder 'echo {}; [ {} != 2 ]'");
  const directory = jobDirectory(place);
  const saved = join(place.directory, "saved");
  cpSync(directory, saved, { recursive: true });
  for (const name of ["request.json", "journal.jsonl", "output", "stdin", "stdin.sums"]) {
    const whole = readFileSync(join(saved, name));
    const each = Math.ceil(whole.length / 2);
    for (const damages of [
      some(flipsOf(whole), 2 * each + 1),
      some(cutsOf(whole), each),
      some(tailsOf(whole), 3),
    ]) {
      for (const { what, bytes } of damages) {
        writeFileSync(join(directory, name), bytes);
        const { stdout, stderr } = place.run(
          "yonder jobs >/dev/null; for c in show logs; do yonder $c @ >/dev/null; done; yonder resume @",
        );
        assert.match(stderr, NO_STACK, `${name}: ${what}`);
        assert.match(stdout, /^(?:[123]\n)*$/, `${name}: ${what}`);
        rmSync(directory, { recursive: true });
        cpSync(saved, directory, { recursive: true });
      }
    }
  }
});

test("compiled code that is damaged is not run: it is made again", () => {
  using place = sandbox();
  const dist = join(place.directory, "dist");
  cpSync(dirname(program), dist, { recursive: true });
  const cache = join(dist, ".cache");
  rmSync(cache, { recursive: true, force: true });
  const run = () => place.run(`'${process.execPath}' dist/${basename(program)} echo ::: a`);
  run();
  const file = join(cache, readdirSync(cache)[0]!);
  const whole = readFileSync(file);
  for (let time = 0; time < 12; time++) {
    const damaged = Buffer.from(whole);
    damaged[Math.floor((time * whole.length) / 12) + time]! ^= 1 << (time % 8);
    writeFileSync(file, damaged);
    const { status, stdout, stderr } = run();
    assert.deepEqual([status, stdout, stderr], [0, "a\n", ""], `flip ${time}`);
  }
});
