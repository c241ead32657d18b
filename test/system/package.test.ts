import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { NODE_MIN } from "../../src/interface/node-version.ts";
import { nodeOf } from "./node-of.ts";
import { repository } from "./scratch.ts";

const TASKS = `
import { actor, task } from "yonder-run";
export const twice = task((n: number): number => 2 * n);
export const upTo = task(function* (n: number): Generator<number> { for (let i = 0; i < n; i++) yield i; });
export const Counter = actor(class Counter { n = 0; add(k: number): number { return (this.n += k); } });
`;
const MAIN = `
import { connect, type Ref } from "yonder-run";
import { Counter, twice, upTo } from "./tasks.ts";
await using y = await connect();
const ref: Ref<number> = y.run(twice, 21);
const items: number[] = [];
for await (const item of y.run(upTo, 3)) items.push(item);
for await (const n of y.map(twice, [1, 2])) items.push(n);
const counter = await y.actor(Counter);
await counter.add(2);
console.log(await ref, await y.run(twice, ref), items.join(), await counter.add(3));
`;
const SAID = "42 84 0,1,2,2,4 5\n";
const WRONG = `
import { connect } from "yonder-run";
import { twice } from "./tasks.ts";
const y = await connect();
y.run(twice, "21");
`;
const COMMON_TASKS = `
import { task } from "yonder-run";
export const twice = task((n: number): number => 2 * n);
`;
const COMMON_MAIN = `
import { connect, type Ref, YonderError } from "yonder-run";
import { memoryStore } from "yonder-run/store/memory";
import { twice } from "./tasks";
async function main(): Promise<void> {
  const y = await connect();
  const ref: Ref<number> = y.run(twice, 21);
  console.log(await ref, YonderError.name, typeof memoryStore());
  await y.close();
}
void main();
`;

const home = mkdtempSync(join(tmpdir(), "yonder-package-"));
after(() => rmSync(home, { recursive: true, force: true }));
const env = { PATH: process.env["PATH"], HOME: home };

function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: home, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

before(() => {
  execFileSync(process.execPath, [join(repository, "build/types.ts")]);
  const [packed] = JSON.parse(
    run("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", home, repository),
  );
  writeFileSync(join(home, "package.json"), `{ "name": "user", "type": "module" }`);
  run("npm", "install", "--offline", "--no-audit", "--no-fund", join(home, packed.filename));
  writeFileSync(join(home, "tasks.ts"), TASKS);
  writeFileSync(join(home, "main.ts"), MAIN);
  // What a user of TypeScript has installed.
  mkdirSync(join(home, "node_modules/@types"));
  symlinkSync(join(repository, "node_modules/@types/node"), join(home, "node_modules/@types/node"));
  symlinkSync(join(repository, "node_modules/undici-types"), join(home, "node_modules/undici-types"));
});

/** Skips the test where npm cannot bring them, as without a network: what is tested is not npm. */
function nodesOf(t: TestContext, ...versions: string[]): readonly string[] {
  try {
    return versions.map(nodeOf);
  } catch (error) {
    t.skip(`npm did not bring Node ${versions.join(" or ")}: ${(error as Error).message.split("\n", 1)[0]}`);
    return [];
  }
}

test("a program and the command, on the oldest Node that is enough and on the newest", (t) => {
  const { engines } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  assert.equal(`${engines.node}.0`, `>=${NODE_MIN}`);
  for (const node of [process.execPath, ...nodesOf(t, NODE_MIN, "26.12.1")]) {
    assert.equal(run(node, "main.ts"), SAID, node);
    assert.equal(run(node, "node_modules/.bin/yonder", "-k", "echo", ":::", "a", "b"), "a\nb\n", node);
  }
});

test("a Node that is too old says so, and how to get another, in the first line that runs", (t) => {
  const [old] = nodesOf(t, "20.20.2");
  if (old === undefined) return;
  writeFileSync(join(home, "plain.mjs"), `import { connect } from "yonder-run";\nawait connect();\n`);
  for (const program of ["node_modules/.bin/yonder", "plain.mjs"]) {
    const { status, stderr } = spawnSync(old, [program, "echo", ":::", "a"], {
      cwd: home,
      env,
      encoding: "utf8",
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /yonder needs Node 24\.2\.0 or newer, and this is Node 20\.20\.2/);
    assert.match(stderr, /nvm install 24/);
    // The first error there is, and no other.
    assert.match(stderr.match(/\w*(?:Error|error): .*/)![0], /needs Node/);
  }
});

test("npm installs one command; parallel and sem are links that are made when they are asked for", () => {
  assert.deepEqual(
    ["parallel", "sem"].filter((name) => existsSync(join(home, "node_modules/.bin", name))),
    [],
  );
  const bin = join(home, "names");
  const yonder = join(home, "node_modules/.bin/yonder");
  const path = [dirname(process.execPath), env.PATH].join(delimiter);
  const call = (program: string, ...args: string[]): { status: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: home,
      env: { ...env, PATH: path },
      encoding: "utf8",
    });
    return { status, said: stdout + stderr };
  };
  assert.equal(call(yonder, "install-names", "names").status, 0);
  assert.equal(readlinkSync(join(bin, "parallel")), yonder);
  // Under GNU parallel's name the word run is a command like any other.
  assert.deepEqual(call(join(bin, "parallel"), "--dry-run", "run", ":::", "a"), {
    status: 0,
    said: "run a\n",
  });
  assert.equal(call(join(bin, "sem"), "--fg", "echo", "b").said, "b\n");
  // As in a checkout.
  const relative = "../node_modules/.bin/yonder";
  rmSync(join(bin, "parallel"));
  symlinkSync(relative, join(bin, "parallel"));
  assert.equal(call(yonder, "install-names", "names").status, 0, "again, after an upgrade");
  assert.equal(readlinkSync(join(bin, "parallel")), relative);

  assert.equal(call(yonder, "install-names", "--remove", "names").status, 0);
  assert.deepEqual(readdirSync(bin), ["parallel"], "only what the command has made");
  rmSync(join(bin, "parallel"));
  writeFileSync(join(bin, "sem"), "another program");
  const { status, said } = call(yonder, "install-names", "names");
  assert.equal(status, 255);
  assert.match(said, /names\/sem is there already, and is not yonder\n.*--force/);
  assert.deepEqual(readdirSync(bin), ["sem"], "all or nothing");
  assert.equal(call(yonder, "install-names", "--force", "names").status, 0);
  assert.deepEqual(readdirSync(bin), ["parallel", "sem"]);
});

test("what the bundle has code of, this project says in its own words, and the package in those of their authors", () => {
  const bundled = documentedAsBundled();
  assert.ok(bundled.includes("acorn"));
  const notices = readFileSync(join(home, "node_modules/yonder-run/dist/THIRD-PARTY-NOTICES"), "utf8");
  assert.deepEqual(
    [...notices.matchAll(/^(\S+) \d+\.\d+\.\S+ \(.+\)$/gm)].map(([, name]) => name),
    bundled,
  );
  for (const name of bundled) {
    const license = readFileSync(join(repository, "node_modules", name, "LICENSE"), "utf8").trim();
    assert.ok(notices.includes(license));
  }
});

test("its types: a few files, checked themselves, and wrong calls are found", () => {
  const files = readdirSync(join(home, "node_modules/yonder-run/dist/types"));
  assert.ok(files.length <= 20, files.join(" "));
  assert.equal(tsc("esnext", "main.ts"), "");
  writeFileSync(join(home, "wrong.ts"), WRONG);
  assert.throws(
    () => tsc("esnext", "wrong.ts"),
    (error: { stdout: string }) => {
      assert.match(error.stdout, /wrong\.ts\(5,14\): error TS2345/);
      return true;
    },
  );
});

test("CommonJS in TypeScript: typed, compiled, run", () => {
  const project = join(home, "common");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), `{ "type": "commonjs" }`);
  writeFileSync(join(project, "tasks.ts"), COMMON_TASKS);
  writeFileSync(join(project, "main.ts"), COMMON_MAIN);
  for (const module of ["node16", "nodenext"]) {
    assert.equal(tsc(module, "common/main.ts", "--noEmit", "false", "--outDir", `common/${module}`), "");
    assert.equal(run(process.execPath, `common/${module}/main.js`), "42 YonderError object\n");
  }
});

/** Without --skipLibCheck: the declarations of the package are compiled, too. */
function tsc(module: string, file: string, ...more: string[]): string {
  const kind =
    module === "esnext"
      ? ["--module", "nodenext", "--allowImportingTsExtensions", "--noEmit"]
      : ["--module", module];
  return run(
    join(repository, "node_modules/.bin/tsc"),
    ...["--strict", "--target", "es2024", "--lib", "es2024,esnext.disposable", "--types", "node"],
    ...kind,
    ...more,
    file,
  );
}

function documentedAsBundled(): string[] {
  const page = readFileSync(join(repository, "docs/internals/dependencies.md"), "utf8");
  const section = /^## Bundled$(.*?)^## /ms.exec(page)![1]!;
  return [...section.matchAll(/^\| `(.+?)`/gm)].map(([, name]) => name!).sort();
}
