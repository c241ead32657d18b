import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scratch } from "./scratch.ts";

test("errors-by-day.sh: the worst day first", () => {
  using place = scratch(["examples"]);
  const { stdout, stderr } = place.run("YONDER=yonder examples/errors-by-day.sh");
  assert.equal(stderr, "");
  assert.equal(stdout, "19\t45\n20\t5\n21\t4\n18\t4\n17\t4\n16\t3\n");
});

test("busiest-pages.sh: what one awk over all logs would say", () => {
  using place = scratch(["examples"]);
  const { stdout, stderr } = place.run("YONDER=yonder examples/busiest-pages.sh");
  const count = `{ sub(/[?].*/, "", $7); n[$7]++ } END { for (page in n) print n[page], page }`;
  const whole = place.run(`awk '${count}' examples/logs/*.log | sort -k 1,1nr -k 2 | head -n 5`);
  assert.equal(stderr, "");
  assert.equal(stdout.split("\n").length, 6);
  assert.equal(stdout, whole.stdout);
});

test("build/build.sh: compiles once what is the same, and after a change what it must", (t) => {
  using place = scratch(["examples"]);
  if (place.run("cc --version").status !== 0) return t.skip("there is no C compiler");
  /** How many of the objects, and of the programs, were reused. */
  const build = (change = ":"): string[] => {
    const { status, stderr } = place.run(`cd examples/build; ${change}; YONDER=yonder ./build.sh ../../out`);
    assert.equal(status, 0, stderr);
    return [...stderr.matchAll(/^yonder: (\d+ of \d+) reused from memo$/gm)].map(([, reused]) => reused!);
  };
  const words = (): string => place.run("out/words examples/books/*.txt").stdout;
  assert.deepEqual(build(), ["0 of 3", "0 of 1"]);
  const printed = words();
  assert.match(printed, /^ +\d+ words {2}examples\/books\//);
  assert.deepEqual(build(), ["3 of 3", "1 of 1"]);
  assert.deepEqual(build("touch src/*; rm -r ../../out"), ["3 of 3", "1 of 1"], "by content, not by time");
  assert.equal(words(), printed);
  const header = build(`sed -i.bak 's/"words"/"WORDS"/' src/print.h`);
  assert.deepEqual(header, ["1 of 3", "0 of 1"], "count.c does not include it");
  assert.equal(words(), printed.replaceAll("words", "WORDS"));
  const comment = build("echo '/* the end */' >> src/count.c");
  assert.deepEqual(comment, ["2 of 3", "1 of 1"], "the object is the same, so is the program");
  assert.deepEqual(
    build("mv src/print.h.bak src/print.h"),
    ["3 of 3", "1 of 1"],
    "what was before is remembered",
  );
  assert.equal(words(), printed);
});

test("thumbnails.sh: makes what is missing, and only that", () => {
  using place = scratch(["examples"]);
  const make = "YONDER=yonder examples/thumbnails.sh small";
  const all = "made moon at night.pgm\nmade rings.pgm\nmade slope.pgm\nmade weave.pgm\n";
  assert.equal(place.run(make).stdout, all);
  assert.equal(place.run(make).stdout, "");
  assert.equal(place.run(`rm small/rings.pgm; ${make}`).stdout, "made rings.pgm\n");
  const pictures = readdirSync(join(place.directory, "examples/images")).sort();
  assert.deepEqual(readdirSync(join(place.directory, "small")).sort(), pictures);
});
