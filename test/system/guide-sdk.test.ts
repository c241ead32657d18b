import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { repository, scratch } from "./scratch.ts";
import { pageSteps } from "./shell-blocks.ts";

const guide = readFileSync(join(repository, "docs/guide/sdk.md"), "utf8");
const blocks = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => text);
/** Whole files, by the names that they begin with. */
const files = new Map(
  blocks.map((text) => {
    const [, name] = /^\/\/ ([a-z]+\.ts)\n/.exec(text) ?? [];
    assert.ok(name, `a block of TypeScript without a name: ${text.slice(0, 80)}`);
    return [name, text] as const;
  }),
);

test("docs/guide/sdk.md: every program works and prints what the page shows", async (t) => {
  using place = scratch(["examples/books"]);
  for (const [name, text] of files) writeFileSync(join(place.directory, name), text);
  writeFileSync(join(place.directory, "package.json"), '{ "type": "module" }');
  mkdirSync(join(place.directory, "node_modules"));
  symlinkSync(repository, join(place.directory, "node_modules/yonder-run"));
  for (const { commands, shown } of pageSteps(guide)) {
    await t.test(commands.split("\n", 1)[0], () => {
      const run = `PATH=${dirname(process.execPath)}:$PATH\n${commands}`;
      const { status, stdout, stderr } = place.run(run);
      assert.equal(status, 0, stderr);
      assert.equal(stderr, "");
      if (shown !== undefined) assert.equal(stdout, shown);
    });
  }
  assert.ok(JSON.parse(readFileSync(join(place.directory, "trace.json"), "utf8")));
});

test("docs/guide/sdk.md: the programs are typed as strictly as yonder itself", () => {
  using place = scratch([]);
  for (const [name, text] of files) writeFileSync(join(place.directory, name), text);
  const compilerOptions = {
    ...{ composite: false, declaration: false, emitDeclarationOnly: false, isolatedDeclarations: false },
    ...{ noEmit: true, lib: ["ES2024", "ESNext.Disposable"], types: ["node"] },
    typeRoots: [join(repository, "node_modules/@types")],
    paths: { "yonder-run": [join(repository, "src/sdk/index.ts")] },
  };
  const config = {
    extends: join(repository, "tsconfig.base.json"),
    files: [...files.keys(), "wrong.ts"],
    compilerOptions,
  };
  writeFileSync(join(place.directory, "tsconfig.json"), JSON.stringify(config));
  // Types that are not looked at have no errors: one must be found.
  const wrong =
    'import { connect } from "yonder-run";\nimport { sum } from "./errors.ts";\n(await connect()).run(sum, "1");\n';
  writeFileSync(join(place.directory, "wrong.ts"), wrong);
  writeFileSync(join(place.directory, "package.json"), '{ "type": "module" }');
  const tsc = join(repository, "node_modules/.bin/tsc");
  const { stdout } = spawnSync(tsc, ["-p", "."], { cwd: place.directory, encoding: "utf8" });
  const errors = stdout.split("\n").filter((line) => /^\S/.test(line));
  assert.equal(errors.length, 1, stdout);
  assert.match(errors[0]!, /^wrong\.ts\(3,28\): error TS2345/);
});
