import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Scratch, scratch } from "./scratch.ts";

/** What a person gets at the TAB key: the real shells, with the scripts that yonder prints, which ask yonder. */

type Complete = (place: Scratch, line: string) => string[];

const inBash: Complete = (place, line) => {
  const script = `. <(yonder completion bash); compopt() { :; }
COMP_WORDS=(${line}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _yonder; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return lines(place.run(`bash -c '${script.replaceAll("'", `'\\''`)}'`).stdout);
};

/** zsh completes in a terminal of its own only, so its function is called with what it would find there. */
const inZsh: Complete = (place, line) => {
  const script = `compdef() { :; }; compadd() { shift; print -l -- \${(P)1}; }; _files() { :; }
_describe() { :; }; _command_names() { :; }; _arguments() { :; }
. <(yonder completion zsh); words=(${line}); CURRENT=$#words; PREFIX=\${words[-1]}; _comp_parallel`;
  return lines(place.run(`zsh -fc '${script.replaceAll("'", `'\\''`)}'`).stdout);
};

const inFish: Complete = (place, line) => {
  const script = `yonder completion fish | source; complete -C ${JSON.stringify(line.replaceAll(`''`, ""))}`;
  return lines(place.run(`fish -Nc '${script.replaceAll("'", `\\'`)}'`).stdout).map(
    (found) => found.split("\t")[0]!,
  );
};

function lines(text: string): string[] {
  return text.split("\n").filter((found) => found !== "");
}

for (const [shell, complete] of Object.entries({ bash: inBash, zsh: inZsh, fish: inFish })) {
  const skip = spawnSync(shell, ["-c", ":"]).error !== undefined && `${shell} is not installed`;

  test(`${shell}: job ids, options of commands and their values, topics`, { skip }, () => {
    using place = scratch([]);
    place.run("yonder true ::: 1");
    const id = place.run("yonder jobs --json").stdout.match(/"id":"(\w+)"/)?.[1] ?? assert.fail();
    for (const command of ["show", "logs", "wait", "cancel", "resume", "explain"]) {
      assert.ok(complete(place, `yonder ${command} ''`).includes(id), command);
    }
    assert.deepEqual(complete(place, `yonder show ${id.slice(0, -2)}`), [id]);
    assert.deepEqual(complete(place, "yonder jobs --state succ"), ["succeeded"]);
    assert.deepEqual(complete(place, "yonder jobs --sta"), ["--state"]);
    assert.deepEqual(complete(place, "yonder help exit"), ["exit-status"]);
    assert.deepEqual(complete(place, "yonder help resu"), ["resume"]);
    assert.deepEqual(complete(place, "yonder store unp"), ["unpin"]);
  });

  test(`${shell}: hosts of a command that asks`, { skip }, () => {
    using place = scratch([]);
    mkdirSync(join(place.directory, ".ssh"), { recursive: true });
    writeFileSync(join(place.directory, ".ssh", "config"), "Host alice alfred\nHost *\n");
    assert.deepEqual(complete(place, "yonder doctor -S al").sort(), ["alfred", "alice"]);
    assert.deepEqual(complete(place, "yonder doctor -S bob,8/alf"), ["bob,8/alfred"]);
  });
}

test("bash and fish: values of options of a command that runs others", () => {
  using place = scratch([]);
  mkdirSync(join(place.directory, ".ssh"), { recursive: true });
  writeFileSync(join(place.directory, ".ssh", "config"), "Host alice\n");
  for (const complete of [inBash, inFish]) {
    assert.deepEqual(complete(place, "yonder --halt now,s"), ["now,success=1"]);
    assert.deepEqual(complete(place, "yonder run --trim l").sort(), ["l", "lr"]);
    assert.deepEqual(complete(place, "parallel --halt nev"), ["never"]);
    assert.deepEqual(complete(place, "yonder -S ali"), ["alice"]);
  }
});
