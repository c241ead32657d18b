import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type BuildOptions, build } from "esbuild";
import { repository } from "./scratch.ts";

// Ways in which programs are started and bundled: tasks run, or say at once why they cannot.

/** A program's directory, with the built package. */
const home = realpathSync(mkdtempSync(join(tmpdir(), "yonder-starts-")));
after(() => rmSync(home, { recursive: true, force: true }));
mkdirSync(join(home, "node_modules"));
symlinkSync(repository, join(home, "node_modules/yonder-run"));

const FILES = {
  "package.json": `{ "type": "module" }`,
  "tasks.ts": `import { task } from "yonder-run";
export const add = task((a: number, b: number) => a + b);
export const alone = task((a: number) => a + 1, { isolation: "process" });
`,
  "main.ts": `import { connect } from "yonder-run";
import { add, alone } from "./tasks.ts";
const y = await connect({ journal: false, threads: 2 });
const refs = [...[1, 2, 3].map((n) => y.run(add, n, 1)), y.run(alone, 1), y.run((n: number) => n * 2, 4)];
for (const one of await Promise.allSettled(refs)) {
  console.log(one.status === "fulfilled" ? one.value : \`\${one.reason.code}: \${one.reason.message}: \${one.reason.remedy}\`);
}
await y.close();
`,
  "inline.ts": `import { connect } from "yonder-run";
async function main() {
  const y = await connect({ journal: false, threads: 2 });
  const double = (n: number) => n * 2;
  console.log(await y.run(double, 4), await y.with({ isolation: "process" }).run(double, 5));
  await y.close();
}
main();
`,
  "no-thread.mjs": `import { isMainThread } from "node:worker_threads";
if (!isMainThread) throw new Error("not in a thread");
`,
  "no-process.mjs": `if (process.channel !== undefined) process.exit(7);
`,
  "connects.mjs": `import { connect } from "yonder-run";
const y = await connect({ journal: false });
console.log(await y.with({ isolation: process.env.ISOLATION }).run((n) => n + 1, 1));
await y.close();
`,
};
for (const [name, text] of Object.entries(FILES)) writeFileSync(join(home, name), text);

const PROGRAM = `
import("yonder-run").then(async ({ connect }) => {
  const { add, alone } = await import(process.cwd() + "/tasks.ts");
  const y = await connect({ journal: false, threads: 2 });
  console.log(await y.run(add, 1, 2), await y.run(alone, 1), await y.run((n) => n * 2, 4));
  await y.close();
});`;

function node(args: readonly string[], input = "", environment: object = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, ...environment },
    input,
    encoding: "utf8",
    timeout: 100_000,
  });
}

async function bundle(entries: readonly string[], name: string, options: BuildOptions = {}): Promise<string> {
  const outdir = join(home, name);
  await build({
    absWorkingDir: home,
    entryPoints: [...entries],
    outdir,
    bundle: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": options.format === "cjs" ? ".cjs" : ".mjs" },
    logLevel: "error",
    ...options,
  });
  return outdir;
}

const starts: Record<string, [args: string[], input?: string]> = {
  "standard input": [["--input-type=module"], PROGRAM],
  "standard input, CommonJS": [["-"], PROGRAM],
  "-e": [["-e", PROGRAM]],
  "-e, a module": [["--input-type=module", "-e", PROGRAM]],
  "--eval": [["--eval", PROGRAM]],
  "-p": [["-p", PROGRAM]],
};
for (const [name, [args, input]] of Object.entries(starts)) {
  test(`a program from ${name}: its tasks run, in threads and in processes, and it runs once`, () => {
    const { stdout, stderr } = node(args, input);
    assert.equal(stderr, "");
    assert.match(stdout, /^3 2 8\n(Promise \{.*\}\n)?$/);
  });
}

test("what node loads before a worker and fails there: its tasks fail with that, and others run", () => {
  const threads = node(["--import", "./no-thread.mjs", "main.ts"]).stdout.trim().split("\n");
  assert.equal(threads[3], "2");
  for (const line of [0, 1, 2, 4].map((at) => threads[at]!)) {
    assert.match(
      line,
      /^LAUNCH: no thread for tasks comes up: .*not in a thread: mend what node runs before it/,
    );
  }
  const processes = node(["--import", "./no-process.mjs", "main.ts"]).stdout.trim().split("\n");
  assert.deepEqual(processes.toSpliced(3, 1), ["2", "3", "4", "8"]);
  assert.match(processes[3]!, /^LAUNCH: no process for tasks comes up: its process exited with 7/);
});

for (const ISOLATION of ["thread", "process"]) {
  test(`a program that node loads before each worker does not run again there (${ISOLATION})`, () => {
    const { stderr, status } = node(["--import", "./connects.mjs", "tasks.ts"], "", { ISOLATION });
    assert.equal(status, 1);
    assert.match(stderr, /comes up: /);
    assert.match(stderr, /connect\(\) was called by a worker/);
  });
}

test("a bundle that leaves yonder out and has tasks as entries of their own", async () => {
  const out = await bundle(["main.ts", "tasks.ts"], "split", { splitting: true, external: ["yonder-run"] });
  assert.equal(node([join(out, "main.mjs")]).stdout, "2\n3\n4\n2\n8\n");
});

test("a bundle with yonder in it: runs where the package is installed too, and else says what to do", async (t) => {
  const away = mkdtempSync(join(tmpdir(), "yonder-alone-"));
  t.after(() => rmSync(away, { recursive: true, force: true }));
  for (const format of ["esm", "cjs"] as const) {
    const file = format === "cjs" ? "inline.cjs" : "inline.mjs";
    const out = await bundle(["inline.ts"], format, { format, logLevel: "silent" });
    const { stdout, stderr } = node([join(out, file)]);
    assert.equal(stdout, "8 10\n", stderr);
    copyFileSync(join(out, file), join(away, file));
    const alone = node([join(away, file)]);
    assert.equal(alone.status, 1);
    assert.match(alone.stderr, /no thread for tasks comes up: .*Cannot find module .*worker\.js/);
    assert.match(alone.stderr, /--external:yonder-run.*docs\/guide\/bundlers\.md/);
  }
});

test("a task in the one file of a bundle says that it needs an entry of its own", async () => {
  const out = await bundle(["main.ts"], "whole");
  const lines = node([join(out, "main.mjs")])
    .stdout.trim()
    .split("\n");
  for (const line of lines.slice(0, 4)) {
    assert.match(line, /^FUNCTION: .*is not exported.*In a bundle, .*docs\/guide\/bundlers\.md/);
  }
  assert.equal(lines[4], "8");
});
