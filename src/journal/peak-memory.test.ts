import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { slotMemory } from "./peak-memory.ts";

test("memory is that of all that an attempt has started", {
  skip: process.platform !== "linux",
}, async () => {
  // 64 MiB in a grandchild of the slot's shell.
  const inner = `const b = Buffer.alloc(64 << 20, 1); console.log(b.length); setInterval(() => b, 1000)`;
  const shell = spawn("sh", ["-c", `sh -c '"$NODE" -e "$INNER"; :'; :`], {
    env: { ...process.env, NODE: process.execPath, INNER: inner },
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  await once(shell.stdout, "data");
  const memory = slotMemory();
  memory.shell(3, shell.pid!);
  const bytes = memory.bytesIn(3);
  assert.equal(memory.bytesIn(4), undefined);
  process.kill(-shell.pid!, "SIGKILL");
  await once(shell, "exit");
  assert.ok(bytes !== undefined && bytes > 64 << 20 && bytes < 400 << 20, `${bytes}`);
  assert.equal(memory.bytesIn(3), 0);
});
