import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { BlockStore, Cid, CidProfile } from "../../interface/store.ts";
import { cidOf, parseCid } from "../cid.ts";
import { memoryStore } from "../memory.ts";
import type { BlockSource } from "../read-ahead.ts";
import { type Block, type Dag, leafOf } from "./block.ts";
import { buildDirectory, buildSymlink } from "./build-directory.ts";
import { buildFile } from "./build-file.ts";
import { fixedChunks } from "./chunks.ts";
import { encodeNode } from "./dag-pb.ts";
import { fileData } from "./entry.ts";
import { fileTree } from "./file-tree.ts";
import { listDirectory } from "./read-directory.ts";
import { type ReadOptions, readFile } from "./read-file.ts";
import { resolvePath } from "./resolve.ts";
import { emitShards } from "./shards.ts";
import { statDag } from "./stat.ts";
import { collect, seededBytes } from "./testing.ts";

const MIB = 1 << 20;

async function bytesOf(store: BlockSource, cid: Cid, options?: ReadOptions): Promise<Buffer> {
  return Buffer.concat(await collect(readFile(store, cid, options)));
}

/** A file cut and linked as a test wants it. */
async function smallTree(
  store: BlockStore,
  bytes: Uint8Array,
  chunkBytes: number,
  linksMax: number,
): Promise<Dag> {
  const blocks: Block[] = [];
  const tree = fileTree(linksMax, (block) => blocks.push(block));
  for await (const chunk of fixedChunks([bytes], chunkBytes)) {
    const leaf = leafOf(chunk);
    blocks.push({ cid: leaf.cid, bytes: chunk });
    tree.add(leaf);
  }
  const root = tree.end();
  for (const block of blocks) await store.putBlock(block.cid, block.bytes);
  return root;
}

test("a file reads back equal, whole and in any range, whatever its chunks and links", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 2, max: 5 }),
      fc.nat(450),
      fc.nat(450),
      async (bytes, chunkBytes, linksMax, startByte, endByte) => {
        const store = memoryStore();
        const root = await smallTree(store, bytes, chunkBytes, linksMax);
        assert.equal(root.contentBytes, bytes.length);
        assert.deepEqual(await bytesOf(store, root.cid), Buffer.from(bytes));
        const range = await bytesOf(store, root.cid, { startByte, endByte });
        assert.deepEqual(range, Buffer.from(bytes.slice(startByte, Math.max(startByte, endByte))));
      },
    ),
  );
});

test("pieces of a stream may have any length: the file is the same", async () => {
  const bytes = Buffer.concat([...seededBytes(3 * MIB + 5, "pieces")]);
  const profiles: CidProfile[] = ["unixfs-v1-2025", "kubo-cidv1"];
  for (const profile of profiles) {
    const whole = await buildFile([bytes], () => {}, profile);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1000, max: 2 * MIB }), async (pieceBytes) => {
        const pieces = fixedChunks([bytes], pieceBytes);
        assert.deepEqual(await buildFile(pieces, () => {}, profile), whole);
      }),
      { numRuns: 10 },
    );
  }
});

test("a range reads the blocks that it touches, and no others", async () => {
  const store = memoryStore();
  const root = await buildFile(seededBytes(20 * MIB, "range"), (block) =>
    store.putBlock(block.cid, block.bytes),
  );
  const got: Cid[] = [];
  const counting: BlockSource = {
    getBlock: (cid, options) => {
      got.push(cid);
      return store.getBlock(cid, options);
    },
  };
  const bytes = await bytesOf(counting, root.cid, { startByte: 5 * MIB - 1, endByte: 5 * MIB + 1 });
  assert.equal(bytes.length, 2);
  assert.equal(got.length, 3, "the root and two leaves");
});

test("a reader that stops early has asked for a few blocks, and not for the file", async () => {
  const store = memoryStore();
  const root = await buildFile(seededBytes(40 * MIB, "early"), (block) =>
    store.putBlock(block.cid, block.bytes),
  );
  let asked = 0;
  const counting: BlockSource = {
    getBlock: (cid, options) => {
      asked++;
      return store.getBlock(cid, options);
    },
  };
  for await (const _ of readFile(counting, root.cid)) break;
  assert.ok(asked <= 6, `${asked} blocks`);
});

test("a missing block is an error when its turn comes, and what came before it is right", async () => {
  const store = memoryStore();
  const leaves: Cid[] = [];
  const root = await buildFile(seededBytes(6 * MIB, "hole"), (block) => {
    leaves.push(block.cid);
    return store.putBlock(block.cid, block.bytes);
  });
  await store.deleteBlock(leaves[2]!);
  let read = 0;
  await assert.rejects(
    async () => {
      for await (const piece of readFile(store, root.cid)) read += piece.length;
    },
    (error) => error instanceof YonderError && error.code === "STORE_MISSING",
  );
  assert.equal(read, 2 * MIB);
});

test("a file that is not as long as it says is refused", async () => {
  const store = memoryStore();
  const leaf = leafOf(Buffer.from("four"));
  await store.putBlock(leaf.cid, Buffer.from("four"));
  const link = { cid: leaf.cid, name: "", dagBytes: 4 };
  for (const data of [fileData(5, [5]), fileData(5, [4]), fileData(4, []), fileData(8, [4, 4])]) {
    const node = encodeNode({ links: [link], data });
    const cid = cidOf("dag-pb", node);
    await store.putBlock(cid, node);
    await assert.rejects(
      bytesOf(store, cid),
      (error) => error instanceof YonderError && error.code === "INPUT",
    );
  }
});

test("bytes inside of nodes, as older programs write them, are read too", async () => {
  const store = memoryStore();
  // `ipfs add` of "hello world" without raw leaves.
  const node = Buffer.from("0a110802120b68656c6c6f20776f726c64180b", "hex");
  const cid = parseCid("Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD");
  await store.putBlock(cid, node);
  assert.equal((await bytesOf(store, cid)).toString(), "hello world");
  assert.equal((await bytesOf(store, cid, { startByte: 6 })).toString(), "world");
  assert.deepEqual(await statDag(store, cid), { type: "file", sizeBytes: 11, dagBytes: 19, linkCount: 0 });
});

for (const [what, count] of [
  ["one block", 300],
  ["shards", 8000],
] as const)
  test(`a directory of ${what} lists what was put in, and finds each by its name`, async () => {
    const store = memoryStore();
    const entries = Array.from({ length: count }, (_, index) => {
      const leaf = leafOf(Buffer.from(`${index % 10}`));
      return { name: encodeText(`näme ${index}.txt`), cid: leaf.cid, dagBytes: 1 };
    });
    const blocks: Block[] = [];
    const root = buildDirectory(entries, (block) => blocks.push(block));
    for (const block of blocks) await store.putBlock(block.cid, block.bytes);
    const listed = await collect(listDirectory(store, root.cid));
    const sorted = (list: typeof listed) => list.toSorted((left, right) => (left.name < right.name ? -1 : 1));
    assert.deepEqual(sorted(listed), sorted(entries));
    for (const entry of [entries[0]!, entries[count - 1]!, entries[count >> 1]!])
      assert.equal(await resolvePath(store, root.cid, [entry.name]), entry.cid);
    await assert.rejects(resolvePath(store, root.cid, ["absent"]), { code: "INPUT" });
    assert.deepEqual((await statDag(store, root.cid)).type, "directory");
    assert.equal((await statDag(store, root.cid)).dagBytes, root.dagBytes);
  });

test("a name that would leave its directory is refused, whoever made the block", async () => {
  const store = memoryStore();
  for (const name of ["..", "../../etc/passwd", "/etc/passwd", ""]) {
    const leaf = leafOf(Buffer.from("x"));
    const node = encodeNode({ links: [{ ...leaf, name }], data: Buffer.of(8, 1) });
    const cid = cidOf("dag-pb", node);
    await store.putBlock(cid, node);
    await assert.rejects(collect(listDirectory(store, cid)), { code: "INPUT" });
  }
});

test("a path ends at a file or a symbolic link, which is not followed", async () => {
  const store = memoryStore();
  const blocks: Block[] = [];
  const link = buildSymlink("elsewhere", (block) => blocks.push(block));
  const root = buildDirectory([{ ...link, name: "link" }], (block) => blocks.push(block));
  for (const block of blocks) await store.putBlock(block.cid, block.bytes);
  assert.deepEqual((await statDag(store, link.cid)).target, "elsewhere");
  await assert.rejects(resolvePath(store, root.cid, ["link", "on"]), {
    code: "INPUT",
    message: /symbolic link/,
  });
  await assert.rejects(bytesOf(store, link.cid), { code: "INPUT", message: /symbolic link/ });
  await assert.rejects(bytesOf(store, root.cid), { code: "INPUT", message: /directory/ });
});

test("no bytes make a reader do anything but read or refuse", async () => {
  const store = memoryStore();
  const nodes: Uint8Array[] = [];
  const emit = (block: Block) => nodes.push(block.bytes);
  const leaf = leafOf(Buffer.from("x"));
  const names = ["a", "b", "c"].map((name) => ({ ...leaf, name }));
  buildSymlink("target", emit);
  buildDirectory(names, emit);
  emitShards(names, emit);
  await smallTree(
    { ...store, putBlock: async (_, bytes) => void nodes.push(bytes) },
    Buffer.from("abcdef"),
    2,
    2,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...nodes),
      fc.array(fc.record({ at: fc.nat(200), byte: fc.nat(255) }), { minLength: 1, maxLength: 3 }),
      fc.nat(20),
      async (node, changes, cutBytes) => {
        const bytes = Uint8Array.from(node.subarray(0, node.length - (cutBytes > 10 ? 0 : cutBytes)));
        for (const { at, byte } of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        const cid = cidOf("dag-pb", bytes);
        await store.putBlock(cid, bytes);
        for (const read of [bytesOf(store, cid), collect(listDirectory(store, cid)), statDag(store, cid)])
          await read.catch((error: unknown) => assert.ok(error instanceof YonderError, String(error)));
      },
    ),
    { numRuns: 3000 },
  );
});
