import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { cutsOf, flipsOf, tailsOf } from "../../../seal/testing.ts";
import { stateFiles } from "./state-file.ts";

test("a state comes back as it was saved, and no damage makes another of it", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "yonder-state-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "state");
  const state = { number: 17, className: "Zähler", bytes: Buffer.from("the state") };
  assert.equal(await stateFiles.load(directory), undefined);
  await stateFiles.save(directory, state);
  assert.deepEqual(await stateFiles.load(directory), state);
  const whole = readFileSync(path);
  for (const damages of [flipsOf(whole), cutsOf(whole), tailsOf(whole)]) {
    for (const { what, bytes } of damages) {
      writeFileSync(path, bytes);
      await assert.rejects(stateFiles.load(directory), { code: "STORE_CORRUPT" }, what);
    }
  }
  // As versions wrote it whose heads were not sealed.
  const { bytes, ...head } = { ...state, node: 24, crc32: crc32(state.bytes) };
  writeFileSync(path, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]));
  assert.deepEqual(await stateFiles.load(directory), state);
});
