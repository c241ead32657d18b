import assert from "node:assert/strict";
import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Sandbox, sandbox } from "./sandbox.ts";

/** As if the driver had been killed before it could say that the job is over, with so many bytes of its last words out. */
function unfinish(box: Sandbox, outBytes: number): void {
  const jobs = join(box.directory, "state/yonder/jobs");
  const journal = join(jobs, readdirSync(jobs)[0]!, "journal.jsonl");
  const records = readFileSync(journal, "latin1").split(/(?<=\n)/);
  assert.match(records.pop()!, /"type":"finished"/);
  writeFileSync(journal, records.join(""), "latin1");
  truncateSync(join(box.directory, "out"), outBytes);
}

const PARSETS = {
  "an associative array": ["-k --_parset assoc,m", ")\n\nreturn 0\n"],
  "an array": ["-k --_parset var,a", ")\n\nreturn 0\n"],
  variables: ["-k --_parset var,a,b", "\nreturn 0\n"],
  "too few variables": ["-k --_parset var,a,b --joblog log -j1", "\nreturn 255\n"],
} as const;

for (const [kind, [options, words]] of Object.entries(PARSETS)) {
  test(`what closes ${kind} stands there once, wherever its driver was killed within it`, () => {
    const inputs = kind === "too few variables" ? "x y z" : "x y";
    for (const missing of [words.length, words.length - 1, 1, 0]) {
      using box = sandbox();
      const first = box.run(`yonder run ${options} 'echo {}' ::: ${inputs} >> out 2>> err`);
      assert.equal(first.status, 0, first.stderr);
      const [out, err] = ["out", "err"].map((name) => readFileSync(join(box.directory, name), "latin1"));
      assert.ok(out!.endsWith(words));
      unfinish(box, out!.length - missing);
      assert.equal(box.run("yonder resume @ >> out 2>> err").status, 0);
      assert.equal(readFileSync(join(box.directory, "out"), "latin1"), out);
      const said = readFileSync(join(box.directory, "err"), "latin1");
      assert.equal(said, `${err}yonder: nothing left to run; all ${inputs.split(" ").length} succeeded\n`);
    }
  });
}
