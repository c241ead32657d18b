import assert from "node:assert/strict";
import { test } from "node:test";
import {
  directoriesAbove,
  directoriesOfBase,
  placeReturned,
  placeSent,
  remoteDirectory,
  remotePath,
} from "./paths.ts";

// What GNU parallel 20221122 does with rsync 3.5.0.

test("a file that is sent", () => {
  const sent = (file: string, workdir = "wd") => {
    const placed = placeSent(file, workdir);
    return placed && remotePath(placed);
  };
  assert.equal(sent("dir/a.mov"), "./wd/dir/a.mov");
  assert.equal(sent("./dir/a.mov"), "./wd/dir/a.mov");
  assert.equal(sent("a//b/./c"), "./wd/c");
  assert.equal(sent("dir/./a.mov"), "./wd/a.mov");
  assert.equal(sent("a/./b/./c"), "./wd/b/c", "the first /./ counts");
  assert.equal(sent("/tmp/abs/f"), "/tmp/abs/f");
  assert.equal(sent("/tmp/./abs/f"), "./wd/abs/f");
  assert.equal(sent("/tmp/./abs/f", "/srv/x"), "/srv/x/abs/f");
  assert.equal(sent("d2/"), "./wd/d2");
  assert.equal(sent("."), "./wd");
  assert.equal(sent("-rf", ""), "./-rf");
  assert.equal(sent("a/b", "~"), "./a/b");
  assert.equal(sent("a/b", "wd/../e/"), "./wd/../e/a/b");
  assert.equal(sent("../work/a"), undefined, "a .. has no place there");
  assert.equal(sent("/tmp/x/../y"), undefined);
  assert.equal(sent("../work/./a"), "./wd/a", "unless it stands before what counts");
  assert.equal(sent("a..b/..c"), "./wd/a..b/..c");
});

test("a file that comes back", () => {
  const back = (file: string, workdir = "wd") => remotePath(placeReturned(file, workdir));
  assert.equal(back("dir/a.out"), "./wd/dir/a.out");
  assert.equal(back("out/./a.out"), "./wd/a.out");
  assert.equal(back("out/./a/./b/c.o"), "./wd/b/c.o", "the last /./ counts");
  assert.equal(back("/tmp/abs/f.out"), "/tmp/abs/f.out");
  assert.equal(back("/tmp/abs/./f.out"), "./wd/f.out");
  assert.equal(back("../x"), "./wd/../x");
  assert.equal(back("q/"), "./wd/q");
  assert.deepEqual(placeReturned("out/./a", "wd").local, "out/./a");
});

test("directories that go with the last file in them", () => {
  const above = (file: string, workdir: string) => {
    const placed = placeReturned(file, workdir);
    return [directoriesAbove(placed), directoriesOfBase(placed.base)];
  };
  assert.deepEqual(above("a/b/c", "wd/x"), [
    ["./wd/x/a/b", "./wd/x/a"],
    ["./wd/x", "./wd"],
  ]);
  assert.deepEqual(above("c", "~"), [[], []]);
  assert.deepEqual(above("a/c", "/srv/x"), [["/srv/x/a"], ["/srv/x", "/srv"]]);
  assert.deepEqual(above("/tmp/a/c", "wd"), [["/tmp/a", "/tmp"], []]);
});

test("the working directory", () => {
  assert.equal(remoteDirectory(""), ".");
  assert.equal(remoteDirectory("~"), ".");
  assert.equal(remoteDirectory("./wd/"), "./wd");
  assert.equal(remoteDirectory("/"), "");
  assert.equal(remoteDirectory("/srv//x/"), "/srv/x");
  assert.equal(remoteDirectory("~/wd"), "./~/wd", "as GNU parallel has it");
});
