import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Cid } from "../../interface/store.ts";
import { cidOf } from "../cid.ts";
import { linksOf } from "../links.ts";
import { encodeNode } from "../unixfs/dag-pb.ts";
import { walkDag } from "../walk.ts";
import { discardIndex } from "./discard-index.ts";
import { fsStore } from "./fs-store.ts";
import { aFile, aStore, contents } from "./testing.ts";

/** A small world, so that what is done meets what was done before: 6 leaves, nodes over them, 3 files that share leaves. */
const LEAVES = Array.from({ length: 6 }, (_, index) => Buffer.alloc(10 + index * 3000, index));
const NODES = [
  [0, 1],
  [1, 2, 3],
  [4, 5],
].map((leaves) => {
  const links = leaves.map((index) => ({ cid: cidOf("raw", LEAVES[index]!), name: "", dagBytes: 0 }));
  return encodeNode({ links, data: Buffer.of(8, 1) });
});
const CHUNK = 256 * 1024;
const FILES = [
  ["a", "b"],
  ["a", "c"],
  ["c", "b", "a"],
].map((parts) => Buffer.concat(parts.map((part) => Buffer.alloc(CHUNK, part))));

type Operation =
  | { readonly type: "leaf" | "node" | "file" | "delete" | "pin" | "unpin"; readonly index: number }
  | { readonly type: "gc" | "reopen" | "rebuild" };

const operations: fc.Arbitrary<Operation[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constantFrom("leaf", "node", "file", "delete", "pin", "unpin" as const),
      index: fc.nat(5),
    }),
    fc.record({ type: fc.constantFrom("gc", "reopen", "rebuild" as const) }),
  ),
  { maxLength: 25 },
) as fc.Arbitrary<Operation[]>;

test("whatever is done in whatever order, the store has what a map would have", async () => {
  await fc.assert(fc.asyncProperty(operations, check), { numRuns: 40 });
});

async function check(list: readonly Operation[]): Promise<void> {
  let store = aStore();
  /** What must be there. */
  const model = new Set<Cid>();
  const pins = new Set<Cid>();
  for (const operation of list) {
    switch (operation.type) {
      case "leaf":
      case "node": {
        const bytes = operation.type === "leaf" ? LEAVES[operation.index]! : NODES[operation.index % 3]!;
        const cid = cidOf(operation.type === "leaf" ? "raw" : "dag-pb", bytes);
        await store.putBlock(cid, bytes);
        model.add(cid);
        break;
      }
      case "file": {
        const { cid } = await store.putFile(aFile(FILES[operation.index % 3]!), { profile: "kubo-cidv1" });
        for await (const block of walkDag(store, [cid])) model.add(block.cid);
        break;
      }
      case "delete": {
        const cid = [...model][operation.index];
        if (cid === undefined) break;
        await store.deleteBlock(cid);
        model.delete(cid);
        break;
      }
      case "pin":
      case "unpin": {
        const cid = [...model][operation.index];
        if (cid === undefined) break;
        await store[operation.type](cid);
        pins[operation.type === "pin" ? "add" : "delete"](cid);
        break;
      }
      case "gc": {
        await store.collectGarbage({ nowMs: Date.now() + 30 * 86_400_000 });
        const kept = new Set<Cid>();
        for (const pin of pins) await reach(pin, kept);
        for (const cid of model) if (!kept.has(cid)) model.delete(cid);
        break;
      }
      case "reopen":
      case "rebuild":
        await store[Symbol.asyncDispose]();
        if (operation.type === "rebuild") {
          // What was deleted may still be in a pack: a rebuilt index has it again.
          discardIndex(store.directory);
          store = fsStore(store.directory);
          const found = await contents(store);
          for (const cid of model) assert.ok(found.has(cid), `${cid} is lost`);
          for (const cid of found.keys()) model.add(cid);
        } else store = fsStore(store.directory);
        break;
    }
    assert.deepEqual(new Set((await contents(store)).keys()), model, JSON.stringify(operation));
  }
  for (const cid of model) await store.getBlock(cid);
  const { damaged } = await store.verify();
  assert.deepEqual(damaged, []);
  await store[Symbol.asyncDispose]();

  /** All that a root refers to and that is there. */
  async function reach(cid: Cid, reached: Set<Cid>): Promise<void> {
    if (reached.has(cid) || !model.has(cid)) return;
    reached.add(cid);
    for (const link of linksOf(cid, await store.getBlock(cid))) await reach(link, reached);
  }
}
