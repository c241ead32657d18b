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
