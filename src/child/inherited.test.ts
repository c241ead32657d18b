import assert from "node:assert/strict";
import { test } from "node:test";
import { formatInherited, type Inherited, parseInherited } from "./inherited.ts";

test("what bin/yonder says is understood", () => {
  assert.deepEqual(parseInherited("files=1024 ignored=0000000001001005 fd=5 fd=10"), {
    openFiles: "1024",
    ignored: [1, 3, 13, 25],
    descriptors: [5, 10],
    shell: undefined,
  });
  assert.equal(parseInherited("files=unlimited ignored=0").openFiles, "unlimited");
});

test("what is said to the program that is started again comes back as it was", () => {
  const all: Inherited[] = [
    { openFiles: "20", ignored: [1, 31], descriptors: [3, 255], shell: "/odd path/fd=7 shell=/bin/zsh" },
    { openFiles: undefined, ignored: [], descriptors: [], shell: "/bin/sh" },
    { openFiles: "unlimited", ignored: [2], descriptors: [], shell: undefined },
  ];
  for (const one of all) assert.deepEqual(parseInherited(formatInherited(one)), one);
});

test("words that are none of ours count for nothing", () => {
  for (const text of ["", "files=many", "ignored=xyz", "files=1024; rm -rf /"]) {
    const { openFiles, ignored } = parseInherited(text);
    assert.deepEqual([openFiles, ignored], [undefined, []], text);
  }
});
