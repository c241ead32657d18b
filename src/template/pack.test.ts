import assert from "node:assert/strict";
import { test } from "node:test";
import { type PackingOptions, packer } from "./pack.ts";
import { compileTemplate } from "./template.ts";

const packed = (options: PackingOptions, values: readonly string[]): string[] => {
  const pack = packer(compileTemplate("echo", { mode: "command" }), options);
  const tasks = [...values.flatMap((value) => pack.push([value])), ...pack.end()];
  return tasks.map((task) => `${task.seq}:${task.rows.flat().join(",")}`);
};

test("one row a task, unless asked otherwise", () => {
  assert.deepEqual(packed({}, ["a", "b"]), ["1:a", "2:b"]);
});

test("-n, -N and -L count rows; the last task may be short", () => {
  assert.deepEqual(packed({ maxArgs: 2 }, ["a", "b", "c"]), ["1:a,b", "2:c"]);
  assert.deepEqual(packed({ maxReplaceArgs: 2 }, ["a", "b"]), ["1:a,b"]);
  assert.deepEqual(packed({ maxLines: 9 }, ["a", "b"]), ["1:a,b"]);
});

test("-n0 reads one row and inserts nothing", () => {
  assert.deepEqual(packed({ maxArgs: 0 }, ["a", "b"]), ["1:", "2:"]);
});

test("-s: the command line, its NUL included, is no longer than that", () => {
  const digits = [..."123456789"];
  const fill = true;
  assert.deepEqual(packed({ fill, maxChars: 12 }, digits), ["1:1,2,3", "2:4,5,6", "3:7,8,9"]);
  assert.deepEqual(packed({ fill, maxChars: 13 }, digits), ["1:1,2,3,4", "2:5,6,7,8", "3:9"]);
  assert.deepEqual(packed({ maxArgs: 2, maxChars: 11 }, ["aaa", "bbbb", "c"]), ["1:aaa", "2:bbbb", "3:c"]);
});

test("a value that fits into no command line is an error, in GNU parallel's words", () => {
  assert.throws(() => packed({ fill: true, maxChars: 10 }, ["b", "a".repeat(10)]), {
    code: "COMMAND_TOO_LONG",
    message: "Command line too long (15 >= 10) at input 0: aaaaaaaaaa",
  });
});

test("what is left at the end is spread over the slots", () => {
  const spread = (slots: number, values: string): string[] =>
    packed({ distribute: true, slots: () => slots }, [...values]);
  assert.deepEqual(spread(3, "1234567"), ["1:1,2,3", "2:4,5,6", "3:7"]);
  assert.deepEqual(spread(5, "123"), ["1:1", "2:2", "3:3"]);
  assert.deepEqual(packed({ distribute: true, maxArgs: 4, slots: () => 3 }, [..."123456"]), [
    "1:1,2,3,4",
    "2:5",
    "3:6",
  ]);
});

test("a full last task is spread too, and so are full ones of -N and -L", () => {
  const spread = (options: PackingOptions, values: string): string[] =>
    packed({ distribute: true, slots: () => 2, ...options }, [...values]);
  assert.deepEqual(spread({ maxArgs: 2 }, "123456"), ["1:1,2", "2:3,4", "3:5", "4:6"]);
  assert.deepEqual(spread({ maxReplaceArgs: 3 }, "123"), ["1:1,2", "2:3"]);
  assert.deepEqual(spread({ maxLines: 4 }, "1234"), ["1:1,2", "2:3,4"]);
  assert.deepEqual(spread({ maxArgs: 1 }, "12"), ["1:1", "2:2"]);
});
