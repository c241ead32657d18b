import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";

/** Every byte but NUL and newline, quotes of all kinds, and what shells and replacement strings care for. */
const ALL = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1).filter((byte) => byte !== 0x0a));
const NOT_TEXT = Buffer.from("a\xff'\"`$\\ \t{}{.}\x01\x80*?~!#;&|<>()\xfe", "latin1");
const LONG = Buffer.alloc(100_000, "q\xff ", "latin1");
const WITH_NEWLINES = Buffer.from("one\ntwo\n\nthree\xff\n", "latin1");

function sumOf(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}

test("arguments of any bytes arrive as they are, from every source", () => {
  using place = sandbox();
  const lines = [ALL, NOT_TEXT, LONG];
  const whole = [...lines, WITH_NEWLINES];
  writeFileSync(
    join(place.directory, "lines"),
    Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])),
  );
  writeFileSync(
    join(place.directory, "zeros"),
    Buffer.concat(whole.flatMap((line) => [line, Buffer.from("\0")])),
  );
  const sums = (script: string, words?: readonly Buffer[]): string[] => {
    // Not through the shell's own words, which Node would have to decode.
    const { stdout, stderr } = place.run(script, words);
    assert.equal(stderr, "");
    return stdout.split("\n").filter((line) => line !== "");
  };
  const command = "'printf %s {} | md5sum | cut -c1-32'";
  const ofLines = lines.map(sumOf);
  assert.deepEqual(sums(`yonder -k ${command} <lines`), ofLines);
  assert.deepEqual(sums(`yonder -k -a lines ${command}`), ofLines);
  assert.deepEqual(sums(`yonder -k ${command} :::: lines`), ofLines);
  assert.deepEqual(sums(`mapfile -t all <lines; yonder -k ${command} ::: "\${all[@]}"`), ofLines);
  assert.deepEqual(sums(`yonder -0 -k ${command} <zeros`), whole.map(sumOf));
  assert.deepEqual(sums(`yonder -0 -k ${command} :::: zeros`), whole.map(sumOf));
});

test("tags, the joblog, results and the journal keep the bytes", () => {
  using place = sandbox();
  const name = Buffer.from("a\xff'b\xe9", "latin1").toString("latin1");
  writeFileSync(join(place.directory, "lines"), `${name}\n`, "latin1");
  const { stdout } = place.run(
    "yonder --tag --joblog log 'echo {} >&2; printf %s {}; exit 3; :' <lines 2>err",
  );
  assert.equal(stdout, `${name}\t${name}`);
  const quoted = place.run("parallel --dry-run echo <lines").stdout.slice("echo ".length, -1);
  assert.ok(
    readFileSync(join(place.directory, "log"), "latin1").includes(`echo ${quoted} >&2; printf %s ${quoted}`),
  );
  const err = readFileSync(join(place.directory, "err"), "latin1");
  assert.ok(err.startsWith(`${name}\t${name}\n`), err);
  assert.equal(place.run("yonder logs @ --stdout").stdout, name);
  assert.equal(place.run("yonder logs @ 1 --stderr 2>&1").stdout, `${name}\n`);
  for (const command of ["show @", "explain @ 1", "jobs --json"]) {
    const { status, stderr } = place.run(`yonder ${command}`);
    assert.deepEqual([status, stderr], [0, ""], command);
  }
  place.run("yonder --results tree 'printf %s' <lines >/dev/null");
  assert.equal(place.run("cat tree/1/*/stdout").stdout, name);
});

test("file names that are not UTF-8 can be made, by --out, and run in", () => {
  using place = sandbox();
  const name = "o\xff\xe9";
  writeFileSync(join(place.directory, "lines"), `${name}\n`, "latin1");
  const { status, stderr } = place.run("yonder --out 'out/{}.txt' 'cat lines >{out}; : {}' <lines");
  assert.deepEqual([status, stderr], [0, ""]);
  const made = readdirSync(join(place.directory, "out"), { encoding: "buffer" });
  assert.deepEqual(
    made.map((entry) => entry.toString("latin1")),
    [`${name}.txt`],
  );
  assert.equal(
    place.run("mkdir \"$(cat lines)\"; yonder --wd {} 'pwd | tail -c 4; : {}' <lines").stdout,
    `${name}\n`,
  );
});

test("variables that are not UTF-8 reach jobs as they are", () => {
  using place = sandbox();
  const { stdout } = place.run("export X=$'v\\xff\\xfew\\ny'; yonder 'printf %s \"$X\"; :' ::: 1");
  assert.equal(stdout, "v\xff\xfew\ny");
});
