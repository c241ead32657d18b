import assert from "node:assert/strict";
import { test } from "node:test";
import { storeConformance } from "../conformance/store.ts";
import { cidOf } from "./cid.ts";
import { memoryStore } from "./memory.ts";
import { memoryConformance } from "./memory-conformance.ts";

storeConformance(memoryConformance);

test("a store that is full says so, takes what it has already, and has room again after a delete", async () => {
  const store = memoryStore({ sizeBytesMax: 10 });
  const [first, second] = [Buffer.alloc(8, 1), Buffer.alloc(8, 2)];
  await store.putBlock(cidOf("raw", first), first);
  await assert.rejects(store.putBlock(cidOf("raw", second), second), { code: "STORE_FULL" });
  await store.putBlock(cidOf("raw", first), first);
  await store.deleteBlock(cidOf("raw", first));
  await store.putBlock(cidOf("raw", second), second);
});
