import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sandbox, sandbox } from "./sandbox.ts";

/** The output of a script that succeeds and has nothing to say to a person. */
function out(box: Sandbox, script: string): string {
  const { status, stdout, stderr } = box.run(script);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" }, script);
  return stdout;
}

/** A directory of a large file, a small one, a link, a hidden file and names that hurt. */
const TREE = `
  mkdir -p tree/sub; printf 'hello\\n' > tree/small; head -c 5000000 /dev/zero | tr '\\0' x > tree/sub/large
  ln -s sub/large tree/link; echo secret > tree/.hidden; printf 1 > 'tree/sub/a b'; printf 2 > $'tree/sub/\\xff\\n-x'`;

test("what was put comes out again: by CID, by path, in parts, as a copy", () => {
  using box = sandbox();
  out(box, TREE);
  const cid = out(box, "yonder put tree").split(" ")[0]!;
  assert.equal(out(box, "yonder put tree"), `${cid}  tree\n`);
  assert.equal(out(box, `yonder store cat ${cid}/small`), "hello\n");
  assert.equal(out(box, `yonder store cat /ipfs/${cid}/small ipfs://${cid}/small`), "hello\nhello\n");
  assert.equal(out(box, `yonder store cat ${cid}/sub/large --offset 1M --length 3`), "xxx");
  assert.equal(out(box, `yonder store cat ${cid}/$'sub/\\xff\\n-x'`), "2");
  out(box, `cd / && yonder get ${cid} -o "$OLDPWD/copy"`);
  out(box, "rm tree/.hidden; diff -r --no-dereference tree copy");
  assert.match(out(box, `yonder get ${cid}/sub/large`), /^bafybei\w+ {2}large\n$/);
  out(box, "cmp tree/sub/large large");
});

test("CIDs are those that ipfs prints", () => {
  using box = sandbox();
  out(
    box,
    "mkdir -p files/foo files/bar; echo 'some text' > files/foo/baz; ln -s files/foo/baz files/bar/baz",
  );
  out(box, "ln -s files/does/not/exist files/bad; echo hidden > files/.hidden");
  // Kubo's t0044-add-symlink.sh: zdj7WZDQ2xMmr4qn6aRZTsE9fCUs2KmvPigpHdpssqUobwcWK.
  const kubo = "zdj7WZDQ2xMmr4qn6aRZTsE9fCUs2KmvPigpHdpssqUobwcWK";
  for (const profile of ["", "--cid-profile kubo-cidv1"]) {
    const cid = out(box, `yonder put files ${profile}`).split(" ")[0];
    const { cid: theirs } = JSON.parse(out(box, `yonder store stat --json ${kubo}`)) as { cid: string };
    assert.equal(cid, theirs);
  }
  assert.match(
    out(box, "printf 'hello world' | yonder put -"),
    /^bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e {2}-\n$/,
  );
  assert.notEqual(out(box, "yonder put files"), out(box, "yonder put --hidden files"));
});

test("what a file is comes as JSON too", () => {
  using box = sandbox();
  out(box, TREE);
  const put = JSON.parse(out(box, "yonder put --json --hidden tree")) as Record<string, unknown>;
  assert.deepEqual(
    { type: put["type"], files: put["files"], sizeBytes: put["sizeBytes"], path: put["path"] },
    { type: "directory", files: 5, sizeBytes: 5_000_015, path: "tree" },
  );
  const lines = out(box, `yonder store ls --json ${put["cid"]}`).trim().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    entries.map(({ name, type, sizeBytes, target }) => [name, type, sizeBytes, target]),
    [
      [".hidden", "file", 7, undefined],
      ["link", "symlink", undefined, "sub/large"],
      ["small", "file", 6, undefined],
      ["sub", "directory", undefined, undefined],
    ],
  );
  assert.match(
    out(box, `yonder store ls ${put["cid"]}`),
    /SIZE +CID +NAME\n +7 +bafkrei\w+ +\.hidden\n.* link -> sub\/large\n.* small\n.* sub\/\n$/,
  );
  assert.match(
    out(box, `yonder store stat ${put["cid"]}/small`),
    /^cid +bafkrei\w+\ntype +file\nsize +6 B\n/,
  );
});

test("a name stands for a CID, also at the beginning of a path", () => {
  using box = sandbox();
  out(box, `${TREE}; yonder put --name data/tree tree`);
  assert.equal(out(box, "yonder store cat data/tree/small"), "hello\n");
  out(box, "yonder get data/tree/sub/large -o copy; cmp copy tree/sub/large");
});

test("a CAR file carries a tree to another store", () => {
  using box = sandbox();
  const cid = out(box, `${TREE}; yonder put tree`).split(" ")[0]!;
  out(
    box,
    `yonder store car export ${cid} > stream.car; yonder store car export ${cid} -o file.car; cmp stream.car file.car`,
  );
  const imported = box.run("export YONDER_STORE=$PWD/other; yonder store car import file.car --json");
  const { roots, missing, blocks } = JSON.parse(imported.stdout) as Record<string, unknown>;
  assert.deepEqual([roots, missing, blocks], [[cid], [], 9]);
  out(
    box,
    `export YONDER_STORE=$PWD/other; yonder get ${cid} -o copy; diff -r --no-dereference -x .hidden tree copy`,
  );
  const piped = box.run("YONDER_STORE=$PWD/third yonder store car import --pin < stream.car");
  assert.deepEqual([piped.status, piped.stdout], [0, `${cid}\n`]);
  assert.match(out(box, "YONDER_STORE=$PWD/third yonder store pins"), new RegExp(cid));
});

test("what goes wrong is said, and what to do", () => {
  using box = sandbox();
  const cid = out(box, `${TREE}; yonder put tree`).split(" ")[0]!;
  const absent = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
  out(
    box,
    `yonder store car export ${cid} > whole.car; head -c 100000 whole.car > half.car; echo text > not.car`,
  );
  const cases: [script: string, status: number, says: RegExp][] = [
    ["yonder put absent", 1, /absent is not there\n/],
    ["mkfifo fifo; yonder put fifo", 1, /fifo is no regular file/],
    ["yonder put --cid-profile sha1 tree", 2, /"sha1" is none of unixfs-v1-2025, kubo-cidv1/],
    ["yonder put", 2, /usage: yonder put PATH/],
    [`yonder get ${absent}`, 1, /is not in the store/],
    ["yonder get nothing", 1, /begins neither with a CID nor with a name/],
    [`yonder get ${cid}/small/deeper`, 1, /is a file, not a directory/],
    [`yonder store cat ${cid}/absent`, 1, /has nothing with the name "absent"\n.*yonder store ls/],
    [`yonder store cat ${cid}/sub`, 1, /is a directory, not a file/],
    [`yonder store ls ${cid}/small`, 1, /is a file, not a directory/],
    [`touch small; yonder get ${cid}/small`, 1, /small cannot be made: it is there already/],
    [`mkdir sub; yonder get ${cid}/sub`, 1, /sub cannot be made: it is there already/],
    [`yonder get ${cid} -o no/such/place`, 1, /no\/such\/place cannot be made/],
    ["YONDER_STORE=$PWD/x yonder store car import half.car", 1, /not a whole CAR file: it is cut off/],
    ["YONDER_STORE=$PWD/x yonder store car import not.car", 1, /not a whole CAR file/],
    ["YONDER_STORE=$PWD/x yonder store car import absent.car", 1, /absent.car cannot be read/],
    ["yonder store car fly", 2, /"fly" is neither export nor import/],
    ["yonder store fly", 2, /"fly" is none of put/],
  ];
  for (const [script, status, says] of cases) {
    const ended = box.run(script);
    assert.equal(ended.status, status, `${script}\n${ended.stderr}`);
    assert.match(ended.stderr, says, script);
    assert.doesNotMatch(ended.stderr, /internal error|\n\s+at /, script);
    assert.match(ended.stderr, /\nyonder: ./, `${script}: what to do`);
  }
  assert.deepEqual(
    readdirSync(box.directory).filter((name) => name.includes(".tmp")),
    [],
  );
});

test("programs with the names of the store's commands run for each input", () => {
  using box = sandbox();
  out(box, "echo one > a; echo two > b");
  // Neither a name of the store nor a CID makes a difference.
  const cid = out(box, "yonder put --name a a").split(" ")[0]!;
  out(box, `cp a ${cid}`);
  assert.equal(out(box, `yonder cat ::: ${cid}`), "one\n");
  assert.equal(out(box, `echo ${cid} | yonder cat`), "one\n");
  assert.equal(out(box, "echo a | yonder ls -d"), "a\n");
  assert.equal(out(box, "yonder store cat a"), "one\n");
  assert.equal(out(box, "yonder -k cat ::: a b"), "one\ntwo\n");
  assert.equal(out(box, "printf 'a\\nb\\n' | yonder -k cat"), "one\ntwo\n");
  assert.equal(out(box, "yonder ls ::: a"), "a\n");
  assert.equal(out(box, "printf 'b\\n' | yonder stat -c %s"), "4\n");
});

test("a damaged file is an error, and no copy of it appears", () => {
  using box = sandbox();
  const cid = out(box, "head -c 3000000 /dev/urandom > file; yonder put file").split(" ")[0]!;
  const objects = join(box.directory, ".local/share/yonder/store/objects");
  const [object] = execFileSync("find", [objects, "-type", "f"], { encoding: "utf8" }).split("\n");
  const bytes = readFileSync(object!);
  bytes[2_000_000]! ^= 1;
  execFileSync("chmod", ["u+w", object!]);
  writeFileSync(object!, bytes);
  const { status, stderr } = box.run(`yonder get ${cid} -o copy`);
  assert.equal(status, 1);
  assert.match(stderr, /damaged/);
  assert.ok(!existsSync(join(box.directory, "copy")));
});

test("a get that is interrupted leaves nothing behind", async () => {
  using box = sandbox();
  const many = "mkdir many; for i in {1..2000}; do echo $i > many/$i; done; yonder put many";
  const cid = out(box, many).split(" ")[0]!;
  const get = box.start(`yonder get ${cid} -o copy`);
  while (!readdirSync(box.directory).some((name) => name.startsWith("copy."))) await sleep(5);
  get.kill("SIGINT");
  const { status } = await get.ended;
  assert.equal(status, 130);
  assert.deepEqual(
    readdirSync(box.directory).filter((name) => name.startsWith("copy")),
    [],
  );
});

test("a directory of shards goes in and out", () => {
  using box = sandbox();
  const script = `mkdir d; cd d; seq 3000 | sed 's/$/ a rather long name for a file, so that it takes room/' | tr '\\n' '\\0' |
    xargs -0 touch; cd ..; yonder put d`;
  const cid = out(box, script).split(" ")[0]!;
  assert.equal(out(box, `yonder store ls ${cid} | wc -l`), "3001\n");
  out(box, `yonder get ${cid} -o copy; diff -r d copy`);
  assert.equal(
    out(box, `yonder store cat "${cid}/77 a rather long name for a file, so that it takes room"`),
    "",
  );
});
