import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { bufferOf } from "../../../bytes/bytes.ts";
import { type TarRead, tarReader } from "./tar-read.ts";
import { TAR_END, tarHeader, tarPadding } from "./tar-write.ts";

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "yonder-tar-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What a reader tells of an archive that comes in pieces of this size. */
function readAll(archive: Buffer, pieceBytes: number): { entries: TarRead[]; contents: string[] } {
  const [entries, contents]: [TarRead[], string[]] = [[], []];
  const reader = tarReader({
    onEntry: (entry) => contents.push("") && entries.push(entry),
    onBytes(bytes) {
      contents[contents.length - 1] += bytes.toString("latin1");
    },
  });
  for (let at = 0; at < archive.length; at += pieceBytes) reader.read(archive.subarray(at, at + pieceBytes));
  assert.ok(reader.isBetweenEntries());
  return { entries, contents };
}

test("every tar unpacks what is written", async (t) => {
  for (const tar of [["tar"], ["busybox", "tar"]]) {
    if (spawnSync("which", [tar[0]!]).status !== 0) continue;
    const directory = scratch(t);
    const [name, content] = ["0/\xff we\nird", "x".repeat(1000)];
    const archive = Buffer.concat([
      tarHeader({ name, mode: 0o640, mtimeS: 1e9, size: 1000 }),
      bufferOf(content),
      tarPadding(1000),
      TAR_END,
    ]);
    const [program, ...args] = [...tar, "xpof", "-", "-C", directory];
    const { status, stderr } = spawnSync(program!, args, { input: archive, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const file = bufferOf(join(directory, name));
    assert.equal(readFileSync(file, "latin1"), content);
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.equal(statSync(file).mtimeMs, 1e12);
  }
});

test("what tars pack is read, however it comes in", (t) => {
  const directory = scratch(t);
  const deep = `${"d".repeat(90)}/${"e".repeat(90)}`;
  mkdirSync(join(directory, "t", deep), { recursive: true });
  const long = `t/${deep}/${"f".repeat(200)}`;
  writeFileSync(join(directory, long), "long");
  writeFileSync(join(directory, "t/z"), "y".repeat(1500), { mode: 0o600 });
  symlinkSync("z".repeat(150), join(directory, "t/l"));
  const formats = [
    ["tar", "--format=gnu"],
    ["tar", "--format=pax"],
    ["tar", "--format=oldgnu"],
    ["busybox", "tar"],
  ];
  for (const words of formats) {
    if (spawnSync("which", [words[0]!]).status !== 0) continue;
    const [program, ...args] = [...words, "-c", "-f", "-", "./t"];
    const { stdout } = spawnSync(program!, args, { cwd: directory });
    for (const pieceBytes of [1, 511, 700, 1 << 20]) {
      const { entries, contents } = readAll(Buffer.concat([stdout, stdout]), pieceBytes);
      const found = new Map(
        entries.map((entry, index) => [entry.name, { ...entry, content: contents[index] }]),
      );
      const says = `${words.join(" ")} in pieces of ${pieceBytes}`;
      assert.equal(found.get(`./${long}`)?.content, "long", says);
      assert.deepEqual([found.get("./t/z")?.content?.length, found.get("./t/z")?.mode], [1500, 0o600], says);
      assert.equal(found.get("./t/l")?.linkTarget, "z".repeat(150), says);
      assert.equal(found.get("./t/")?.type ?? found.get("./t")?.type, "directory", says);
    }
  }
});

test("what is no archive is refused", () => {
  assert.throws(() => readAll(Buffer.alloc(1024, "x"), 1024), /no tar header/);
});
