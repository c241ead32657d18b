import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repository, type Scratch, scratch } from "./scratch.ts";

/** What needs a kernel, a terminal or another program to be seen to work. */

function script(place: Scratch, name: string, options: string, body: string): void {
  const path = join(place.directory, name);
  writeFileSync(path, `#!${join(repository, "bin", "parallel")} ${options}\n${body}`);
  chmodSync(path, 0o755);
}

test("--shebang: the kernel runs a file of inputs", () => {
  using place = scratch([]);
  script(place, "inputs", "--shebang -k echo {}-x", "a\nb c\n");
  assert.equal(place.run("./inputs").stdout, "a-x\nb c-x\n");
});

test("--shebang-wrap: a script in another language gets each argument", () => {
  using place = scratch([]);
  script(place, "wrapped", "--shebang-wrap -k /bin/bash", 'echo "$# $1"\n');
  assert.equal(place.run("./wrapped a 'b c'").stdout, "1 a\n1 b c\n");
  assert.equal(place.run("printf '1\\n2\\n' | ./wrapped").stdout, "1 1\n1 2\n");
});

test("-p asks at the terminal, whatever standard input is", (t) => {
  if (spawnSync("script", ["--version"]).status !== 0) return t.skip("script is not installed");
  using place = scratch([]);
  const asked = `printf '1\\n2\\n' | parallel -p -j1 echo ran`;
  const { stdout } = place.run(`(sleep 1; echo n; echo y) | script -qec "${asked}" /dev/null`);
  assert.match(stdout, /echo ran 1 \?\.\.\./);
  assert.doesNotMatch(stdout, /(?<!echo )ran 1/);
  assert.match(stdout, /(?<!echo )ran 2/);
});

test("-p without a terminal is an error", () => {
  using place = scratch([]);
  const { status, stderr } = place.run("setsid -w parallel -p echo ::: a </dev/null");
  assert.equal(status, 255);
  assert.match(stderr, /no terminal/);
});

test("--memsuspend: where memory is short, one job runs at a time", () => {
  using place = scratch([]);
  const job = "for i in 1 2 3; do sleep 0.1; echo {} >>log; done";
  const { status } = place.run(`parallel -j3 --memsuspend 900T '${job}' ::: a b c; cat log`);
  assert.equal(status, 0);
  assert.equal(place.run("cat log").stdout.replaceAll("\n", ""), "aaabbbccc");
});

test("--limit: 1 waits, 2 also kills the youngest, which is tried again", () => {
  using place = scratch([]);
  const limit = `echo >>calls; case $(wc -l <calls) in 2) exit 1 ;; 3) exit 2 ;; esac`;
  writeFileSync(join(place.directory, "limit"), limit);
  const command = `parallel -j3 --retries 2 --limit 'sh ./limit' 'echo start; sleep 1; echo {} >>log' ::: a b c`;
  const { status, stdout } = place.run(command);
  assert.equal(status, 0);
  assert.equal(stdout, "start\n".repeat(3));
  assert.equal(place.run("sort log").stdout, "a\nb\nc\n");
});

test("--memfree: nothing starts without that much memory", () => {
  using place = scratch([]);
  assert.equal(place.run("timeout -s KILL 2 parallel --memfree 900T echo ::: a").stdout, "");
});

test("--tmux: jobs run in windows, their statuses come back, and nothing is left", (t) => {
  if (spawnSync("tmux", ["-V"]).error) return t.skip("tmux is not installed");
  using place = scratch([]);
  const { status, stdout, stderr } = place.run(
    `TMPDIR=$PWD parallel --tmux 'echo {} >{}.out; exit {}' ::: 0 3 "it's"; echo $?`,
  );
  assert.equal(status, 0);
  assert.match(stderr, /^See output with: tmux -S .* attach\n$/);
  assert.equal(stdout, "2\n");
  assert.deepEqual(
    readdirSync(place.directory)
      .filter((name) => /^tms|out$/.test(name))
      .sort(),
    ["0.out", "3.out", "it's.out"],
  );
});
