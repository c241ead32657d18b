import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { optionTable } from "../table/table.ts";
import { completionScript } from "./completion.ts";
import { generatedPages } from "./pages.ts";

const root = new URL("../../../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };

test("the checked-in pages are those of the table (node build/man.ts writes them)", () => {
  for (const [path, text] of Object.entries(generatedPages(version))) {
    assert.equal(readFileSync(new URL(path, root), "utf8"), text, path);
  }
});

test("every name belongs to one option", () => {
  const names = optionTable.flatMap((row) => [row.name, ...(row.aliases ?? [])]);
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  );
});

test("the compatibility page has a row for every option of GNU parallel", () => {
  const page = generatedPages(version)["docs/reference/parallel-compatibility.md"] ?? "";
  for (const row of optionTable.filter((option) => !option.own)) {
    assert.match(page, new RegExp(`^\\| \`--?${row.name}[ \`[]`, "m"), row.name);
  }
});

test("the completion scripts are scripts", (t) => {
  const scratch = mkdtempSync(join(tmpdir(), "yonder-completion-"));
  t.after(() => rmSync(scratch, { recursive: true }));
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = completionScript(shell, undefined);
    assert.ok(script.includes("keep-order"));
    const path = join(scratch, shell);
    writeFileSync(path, script);
    const checked = spawnSync(shell, ["-n", path], { encoding: "utf8" });
    if (checked.error === undefined) assert.equal(checked.stderr, "", shell);
  }
  assert.equal(completionScript("auto", "/usr/bin/zsh"), completionScript("zsh", undefined));
  assert.throws(() => completionScript("tcsh", undefined), { code: "USAGE" });
});

test("bash completes options, values and commands", () => {
  const complete = (words: string): string[] => {
    const script = `${completionScript("bash", undefined)}
COMP_WORDS=(${words}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); compopt() { :; }; _yonder; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim().split("\n");
  };
  assert.deepEqual(complete("parallel --keep-o"), ["--keep-order"]);
  assert.deepEqual(complete("yonder --keep-o"), ["--keep-order", "--keep-output"]);
  assert.ok(complete("yonder exp").includes("explain"));
  assert.ok(complete("yonder run -j 4 gzi").includes("gzip"));
  assert.deepEqual(complete("parallel -j 4 --wd /us"), ["/usr"]);
  assert.deepEqual(complete("yonder put /us"), ["/usr"]);
});
