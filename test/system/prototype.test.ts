import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { decode, encode } from "../../src/wire/codec.ts";
import { sandbox } from "./sandbox.ts";

// Names come from files, variables and arguments: `__proto__` and `constructor` are names like others, everywhere.

test("a host and an attribute of that name", () => {
  using place = sandbox();
  writeFileSync(
    join(place.directory, "yonder.toml"),
    '[hosts.__proto__]\nlogin = ":"\n[hosts.a]\n__proto__ = 5\nlogin = ":"\n',
  );
  writeFileSync(join(place.directory, "hosts"), ": __proto__=5 gpu\n");
  for (const hosts of [
    "--on __proto__",
    "--on a --where '__proto__ = 5'",
    "--on hosts --where '__proto__ = 5'",
  ]) {
    assert.equal(place.run(`yonder ${hosts} --dry-run echo ::: 1`).stdout, "echo 1\n", hosts);
  }
});

test("a variable of that name reaches the jobs, and a column of it is one", () => {
  using place = sandbox();
  assert.equal(place.run("export __proto__=x; yonder 'printenv __proto__ #' ::: 1").stdout, "x\n");
  assert.equal(
    place.run("yonder --header : echo {__proto__} {constructor} ::: __proto__ 7 ::: constructor 8").stdout,
    "7 8\n",
  );
});

test("on the wire it is a property like others", () => {
  const value = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1}') as object;
  const back = decode(encode(value)) as object;
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.deepEqual(Object.keys(back), ["__proto__", "constructor"]);
  assert.equal((back as { isAdmin?: boolean }).isAdmin, undefined);
});

test("in a journal it changes nothing", () => {
  using place = sandbox();
  place.run("yonder echo ::: __proto__");
  const { stdout } = place.run("yonder show --json @; yonder logs --json @; yonder logs @");
  assert.match(stdout, /__proto__\n$/);
});
