/** The ways into the package, as package.json's `exports` name them. */
export const ENTRIES = {
  index: "src/sdk/index.ts",
  interface: "src/interface/index.ts",
  conformance: "src/conformance/store.ts",
  "store-memory": "src/store/memory.ts",
  "store-fs": "src/store/fs/fs-store.ts",
} as const;
