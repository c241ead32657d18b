import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

const here = new URL("./", import.meta.url).href;

for (const open of ["openThread", "openProcess"]) {
  test(`${open}: a program that only waits for the end of a host sees it, whatever the host said meanwhile`, () => {
    const program = `
      import { createClaims } from "${here}claims.ts";
      import { ${open} } from "${here}connection.ts";
      const events = { onMessage() {}, onExit() {} };
      const host = ${open}(events, { claims: createClaims() });
      host.use(true);
      const gone = host.kill();
      host.use(false); // its last call has ended
      await gone;
      console.log("gone");
    `;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module-typescript", "-e", program],
      { encoding: "utf8", timeout: 30_000 },
    );
    assert.deepEqual([stdout, stderr, status], ["gone\n", "", 0]);
  });
}
