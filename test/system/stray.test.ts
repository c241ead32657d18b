import assert from "node:assert/strict";
import { test } from "node:test";
import { scratch } from "./scratch.ts";

test("yonder warns of a replacement string that does nothing; parallel says nothing, as GNU parallel does", () => {
  using place = scratch([]);
  const options = "--header : --colsep , echo {a} {nocol}";
  const own = place.run(`printf 'a,b\\n1,2\\n' | yonder ${options}`);
  assert.deepEqual([own.status, own.stdout], [0, "1 {nocol}\n"]);
  assert.equal(own.stderr, "yonder: Warning: {nocol} stays as it is: the columns are a, b\n");
  assert.equal(place.run(`printf 'a,b\\n1,2\\n' | parallel ${options}`).stderr, "");
  assert.match(place.run("yonder echo {3} {..} ::: a ::: b").stderr, /\{\.\.\} stays.*\n.*\{3\} is empty/);
  assert.equal(place.run("yonder -n3 echo {3} ::: a b").stderr, "");
  assert.equal(place.run("printf 'a b c\\n' | yonder --colsep ' ' echo {3}").stderr, "");
});
