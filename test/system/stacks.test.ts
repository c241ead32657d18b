import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { repository } from "./scratch.ts";

/** A program's directory, with the built package. */
const home = realpathSync(mkdtempSync(join(tmpdir(), "yonder-stacks-")));
after(() => rmSync(home, { recursive: true, force: true }));
mkdirSync(join(home, "node_modules"));
symlinkSync(repository, join(home, "node_modules/yonder-run"));
writeFileSync(join(home, "package.json"), `{ "type": "module" }`);
writeFileSync(
  join(home, "tasks.ts"),
  `import { actor, task } from "yonder-run";
export const fails = task((n: number): number => {
  throw new TypeError("no number");
});
export const waits = task(() => new Promise((resolve) => setTimeout(resolve, 60_000)));
export const Bad = actor(class Bad { fails(): never { throw new RangeError("bad"); } });
`,
);
const BEGIN = `import { connect } from "yonder-run";
import { Bad, fails, waits } from "./tasks.ts";
const y = await connect({ journal: false, progress: false });
`;

/** What a program says at its end, which nobody has caught. */
function uncaught(line: string, environment: object = {}, ...flags: string[]): string {
  const path = join(home, "main.ts");
  writeFileSync(path, `${BEGIN}${line}\n`);
  const { stderr, status } = spawnSync(process.execPath, [...flags, path], {
    env: { PATH: process.env["PATH"], HOME: home, ...environment },
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.equal(status, 1, stderr);
  return stderr.replaceAll(pathToFileURL(home).href, "");
}

const cases: Record<string, [line: string, header: string]> = {
  "a task's error": ["await y.run(fails, 1);", "TypeError: no number"],
  "an error of a ref that is awaited later": [
    "const ref = y.run(fails, 1); await new Promise((done) => setTimeout(done, 200)); await ref;",
    "TypeError: no number",
  ],
  "an unhandled rejection": ["void (async () => { await y.run(fails, 1); })();", "TypeError: no number"],
  "a map": ["for await (const n of y.map(fails, [1, 2])) console.log(n);", "TypeError: no number"],
  "a call of an actor": ["const bad = await y.actor(Bad); await bad.fails();", "RangeError: bad"],
  "a task that takes too long": [
    "await y.with({ timeoutMs: 50 }).run(waits);",
    "YonderError: waits (task 1) took longer than 50 ms",
  ],
  "a function that cannot be sent": [
    "const width = 2; await y.run((n: number) => n * width, 1);",
    "YonderError: inline captures `width`",
  ],
  "an argument that cannot be sent": [
    "await y.run(fails, (() => 1) as never);",
    "YonderError: fails (task 1) cannot be given its arguments: args[0] is a function",
  ],
  "an option that makes no sense": ["y.with({ timeoutMs: -1 });", "YonderError: timeoutMs is -1"],
  "one of connect": ["await connect({ threads: -1 });", "YonderError: threads is -1"],
  "what the job refuses": ["await y.close(); y.run(fails, 1);", "YonderError: the job is closed"],
};

for (const [name, [line, header]] of Object.entries(cases)) {
  test(`${name}, uncaught: the program's line and the message, and no frame of ours`, () => {
    const said = uncaught(line);
    assert.match(said, /^\/main\.ts:4\n/, said);
    assert.ok(said.includes(`\n${header}\n`), said);
    assert.match(said, /\n {4}at .*\/main\.ts:4:\d+/, said);
    assert.doesNotMatch(said, /dist\/lib|node:internal/, said);
    assert.ok(said.length < 1500, said);
  });
}

test("with source maps, and with YONDER_STACKS=all, which shows our frames", () => {
  const mapped = uncaught("await y.run(fails, 1);", {}, "--enable-source-maps");
  assert.match(mapped, /TypeError: no number\n.*\/tasks\.ts:3:9\)?\n.*task 1.*\n.*\/main\.ts:4:9/);
  const all = uncaught("y.with({ timeoutMs: -1 });", { YONDER_STACKS: "all" });
  assert.match(all, /dist\/lib/);
  for (const line of all.split("\n")) assert.ok(line.length < 400, line);
});
