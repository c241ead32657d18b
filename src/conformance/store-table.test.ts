import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fsConformance } from "../store/fs/conformance.ts";
import { memoryConformance } from "../store/memory-conformance.ts";
import { storeTable } from "./store-table.ts";

const PAGE = new URL("../../docs/reference/stores.md", import.meta.url);

test("the table of stores in the documentation is what their skips say (UPDATE=1 writes it)", async () => {
  const table = await storeTable([fsConformance, memoryConformance]);
  const page = readFileSync(PAGE, "utf8");
  const updated = page.replace(/^\| promise[\s\S]*?\n(?!\|)/m, () => table);
  if (process.env["UPDATE"]) writeFileSync(PAGE, updated);
  else assert.equal(page, updated);
});
