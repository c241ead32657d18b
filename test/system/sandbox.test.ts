import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./scratch.ts";

test("jobs of what is started, and of what is run, have the same shell, whichever runs the tests", () => {
  const shell = `yonder run 'echo "shell \${BASH_VERSION+bash}"' ::: 1`;
  const source = `
    import { sandbox } from ${JSON.stringify(join(repository, "test", "system", "sandbox.ts"))};
    using box = sandbox();
    const script = ${JSON.stringify(shell)};
    process.stdout.write((await box.start(script).ended).stdout + box.run(script).stdout);
  `;
  // A command behind it, so that sh stays where it is.
  const script = '"$0" --input-type=module --eval "$1"; exit $?';
  const ran = spawnSync("/bin/sh", ["-c", script, process.execPath, source], { encoding: "utf8" });
  assert.equal(ran.stdout, "shell bash 1\nshell bash 1\n", ran.stderr);
});
