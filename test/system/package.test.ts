import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./scratch.ts";

const TASKS = `
import { task } from "yonder-run";
export const twice = task((n: number): number => 2 * n);
export const upTo = task(function* (n: number): Generator<number> { for (let i = 0; i < n; i++) yield i; });
`;
const MAIN = `
import { connect, type Ref } from "yonder-run";
import { twice, upTo } from "./tasks.ts";
await using y = await connect();
const ref: Ref<number> = y.run(twice, 21);
const items: number[] = [];
for await (const item of y.run(upTo, 3)) items.push(item);
for await (const n of y.map(twice, [1, 2])) items.push(n);
console.log(await ref, await y.run(twice, ref), items.join());
`;
const WRONG = `
import { connect } from "yonder-run";
import { twice } from "./tasks.ts";
const y = await connect();
y.run(twice, "21");
`;

test("the package as it is published: installed, typed, run by a TypeScript program, and its commands", (t) => {
  const home = mkdtempSync(join(tmpdir(), "yonder-package-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, {
      cwd: home,
      env: { PATH: process.env["PATH"], HOME: home },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  execFileSync(process.execPath, [join(repository, "build/types.ts")]);
  const [packed] = JSON.parse(
    run("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", home, repository),
  );
  writeFileSync(join(home, "package.json"), `{ "name": "user", "type": "module" }`);
  run("npm", "install", "--offline", "--no-audit", "--no-fund", join(home, packed.filename));
  writeFileSync(join(home, "tasks.ts"), TASKS);
  writeFileSync(join(home, "main.ts"), MAIN);
  assert.equal(run(process.execPath, "main.ts"), "42 84 0,1,2,2,4\n");
  assert.equal(run("node_modules/.bin/yonder", "-k", "echo", ":::", "a", "b"), "a\nb\n");

  // What the bundle has code of, this project says in its own words, and the package in those of their authors.
  const bundled = documentedAsBundled();
  assert.ok(bundled.includes("acorn"));
  const notices = readFileSync(join(home, "node_modules/yonder-run/dist/THIRD-PARTY-NOTICES"), "utf8");
  assert.deepEqual(
    [...notices.matchAll(/^(\S+) \d+\.\d+\.\S+ \(.+\)$/gm)].map(([, name]) => name),
    bundled,
  );
  for (const name of bundled) {
    assert.ok(
      notices.includes(readFileSync(join(repository, "node_modules", name, "LICENSE"), "utf8").trim()),
    );
  }

  mkdirSync(join(home, "node_modules/@types"));
  symlinkSync(join(repository, "node_modules/@types/node"), join(home, "node_modules/@types/node"));
  symlinkSync(join(repository, "node_modules/undici-types"), join(home, "node_modules/undici-types"));
  const tsc = (file: string): string =>
    run(
      join(repository, "node_modules/.bin/tsc"),
      ...[
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--target",
        "es2024",
        "--lib",
        "es2024,esnext.disposable",
      ],
      ...["--module", "nodenext", "--allowImportingTsExtensions", "--types", "node", file],
    );
  assert.equal(tsc("main.ts"), "");
  writeFileSync(join(home, "wrong.ts"), WRONG);
  assert.throws(
    () => tsc("wrong.ts"),
    (error: { stdout: string }) => {
      assert.match(error.stdout, /wrong\.ts\(5,14\): error TS2345/);
      return true;
    },
  );
});

function documentedAsBundled(): string[] {
  const page = readFileSync(join(repository, "docs/internals/dependencies.md"), "utf8");
  const section = /^## Bundled$(.*?)^## /ms.exec(page)![1]!;
  return [...section.matchAll(/^\| `(.+?)`/gm)].map(([, name]) => name!).sort();
}
