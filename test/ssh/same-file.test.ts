import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { program } from "../system/program.ts";
import { command } from "./command.ts";
import { sshLab } from "./lab.ts";
import { labRefusal } from "./refusal.ts";

/** A host that has our files under our names, as one with a shared home directory has. */
test("a file that is the same here and on the host is not removed when the job is done", {
  skip: labRefusal("loopback"),
}, async () => {
  await using lab = await sshLab();
  await lab.loopback("alice");
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "yonder-same-")));
  try {
    const input = join(directory, "in");
    writeFileSync(input, "text\n");
    const env = { ...lab.env, XDG_STATE_HOME: join(directory, "state") };
    const job = ["-S", "alice", "--trc", "{}.out", "tr a-z A-Z <{} >{}.out", ":::", input];
    const ended = await command(process.execPath, [program, ...job], { env });
    assert.equal(ended.stderr, "");
    assert.equal(readFileSync(input, "utf8"), "text\n", "what was to be sent is there");
    assert.equal(readFileSync(`${input}.out`, "utf8"), "TEXT\n", "and so is what was to be returned");

    const copy = [...job.slice(0, 2), "--wd", join(directory, "there"), ...job.slice(2, -1), "in"];
    const other = await command(
      "sh",
      ["-c", 'cd "$0" && exec "$@"', directory, process.execPath, program, ...copy],
      { env },
    );
    assert.equal(other.stderr, "");
    assert.ok(!existsSync(join(directory, "there")), "a copy is removed");
    assert.equal(readFileSync(input, "utf8"), "text\n");
  } finally {
    rmSync(directory, { recursive: true });
  }
});
