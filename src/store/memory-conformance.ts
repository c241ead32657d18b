import type { StoreConformance } from "../conformance/store.ts";
import { memoryStore } from "./memory.ts";

/** The store in memory, for the conformance suite. */
export const memoryConformance: StoreConformance = {
  name: "memory",
  setup: async () => ({ store: memoryStore() }),
};
