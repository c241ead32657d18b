import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CidProfile, FileStore } from "../../interface/store.ts";
import { type Block, leafOf } from "../../store/unixfs/block.ts";
import { buildFile } from "../../store/unixfs/build-file.ts";
import { assertEqualBlock, fails, type StoreHarness, type StorePromise } from "./promise.ts";

const MIB = 1024 * 1024;
const SIZES = [0, 1, 1000, 65_536, 65_537, MIB, MIB + 1, 2_500_000];

/** Whole files, of stores that declare them. */
export const FILE_PROMISES: readonly StorePromise[] = [
  promise(
    "a file has the CID of its content, and each of its blocks can be got",
    async (store, directory) => {
      const profiles: (CidProfile | undefined)[] = [undefined, "unixfs-v1-2025", "kubo-cidv1"];
      for (const profile of profiles)
        for (const size of SIZES) {
          const content = randomBytes(size);
          const path = join(directory, "file");
          await writeFile(path, content);
          const blocks: Block[] = [];
          const expected = await buildFile([content], (block) => void blocks.push(block), profile);
          const stored = await store.putFile(path, profile ? { profile } : {});
          assert.deepEqual(
            [stored.cid, stored.sizeBytes, stored.dagBytes],
            [expected.cid, size, expected.dagBytes],
          );
          for (const block of blocks) await assertEqualBlock(store, block);
          assert.ok((await store.hasBlocks(blocks.map(({ cid }) => cid))).every(Boolean));
        }
    },
  ),
  promise("a file that has changed has another CID", async (store, directory) => {
    const path = join(directory, "file");
    for (const content of ["one", "two", "tw0", randomBytes(100_000), randomBytes(100_000)]) {
      await writeFile(path, content);
      assert.equal((await store.putFile(path)).cid, leafOf(Buffer.from(content)).cid);
    }
  }),
  promise("a file may have any name", async (store, directory) => {
    const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.of(0xff, 0xfe, 10, 0x20)]);
    await writeFile(path, "named");
    assert.equal((await store.putFile(path)).cid, leafOf(Buffer.from("named")).cid);
  }),
  promise("a file that cannot be read is an error that says so", async (store, directory) => {
    await assert.rejects(store.putFile(join(directory, "absent")), fails("INPUT"));
    await assert.rejects(store.putFile(directory), fails("INPUT"));
  }),
  promise("a staged file has the content, and may be written to without harm", async (store, directory) => {
    for (const [index, size] of SIZES.entries()) {
      const content = randomBytes(size);
      await writeFile(join(directory, "source"), content);
      const { cid } = await store.putFile(join(directory, "source"));
      const staged = join(directory, `staged-${index}`);
      await store.stageFile(cid, staged);
      assert.ok((await readFile(staged)).equals(content), `${size} bytes`);
      await chmod(staged, 0o600);
      await writeFile(staged, "written to by a job");
      const again = join(directory, `again-${index}`);
      await store.stageFile(cid, again);
      assert.ok((await readFile(again)).equals(content), `${size} bytes, again`);
    }
  }),
  promise("a linked file has the content, and is read-only", async (store, directory) => {
    const content = randomBytes(200_000);
    await writeFile(join(directory, "source"), content);
    const { cid } = await store.putFile(join(directory, "source"));
    await store.stageFile(cid, join(directory, "linked"), { link: true });
    assert.ok((await readFile(join(directory, "linked"))).equals(content));
    const { mode, nlink } = await stat(join(directory, "linked"));
    assert.ok(nlink === 1 || (mode & 0o222) === 0, "a link to the store's own file can be written to");
  }),
  promise("a file that was put block by block can be staged", async (store, directory) => {
    const content = randomBytes(2_500_000);
    const { cid } = await buildFile([content], ({ cid, bytes }) => store.putBlock(cid, bytes));
    await store.stageFile(cid, join(directory, "staged"));
    assert.ok((await readFile(join(directory, "staged"))).equals(content));
  }),
  promise("staging never replaces a file, and leaves nothing where it fails", async (store, directory) => {
    await writeFile(join(directory, "source"), "content");
    const { cid } = await store.putFile(join(directory, "source"));
    await writeFile(join(directory, "mine"), "mine");
    await assert.rejects(store.stageFile(cid, join(directory, "mine")), fails("OUTPUT"));
    assert.equal(await readFile(join(directory, "mine"), "utf8"), "mine");
    await assert.rejects(store.stageFile(cid, join(directory, "no", "such")), fails("OUTPUT"));
    const absent = leafOf(randomBytes(10)).cid;
    await assert.rejects(store.stageFile(absent, join(directory, "absent")), fails("STORE_MISSING"));
    await assert.rejects(stat(join(directory, "absent")));
  }),
  promise("a call for a file that was aborted before does nothing", async (store, directory) => {
    const reason = new Error("changed my mind");
    const options = { signal: AbortSignal.abort(reason) };
    await writeFile(join(directory, "source"), "content");
    const tells = (error: unknown) => error === reason;
    await assert.rejects(store.putFile(join(directory, "source"), options), tells);
    const { cid } = await store.putFile(join(directory, "source"));
    await assert.rejects(store.stageFile(cid, join(directory, "staged"), options), tells);
    await assert.rejects(stat(join(directory, "staged")));
  }),
];

function promise(name: string, keep: (store: FileStore, directory: string) => Promise<void>): StorePromise {
  return {
    name,
    needs: "files",
    keep: async ({ store }: StoreHarness) => {
      const directory = await mkdtemp(join(tmpdir(), "yonder-files-"));
      try {
        await keep(store as FileStore, directory);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}
