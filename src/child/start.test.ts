import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startChild } from "./start.ts";
import { StartError } from "./start-error.ts";

const source = new URL("../", import.meta.url);

test("a process that cannot be started has the streams that were asked for, and ends", async () => {
  const child = startChild("/nosuch/program", [], { stdio: ["pipe", "pipe", "ignore", "pipe"] });
  assert.equal(child.pid, undefined);
  child.stdin!.end("nobody reads this");
  child.stdout!.on("data", () => assert.fail("nobody writes this"));
  assert.equal(child.stderr, null);
  const ends = [once(child.stdout!, "end"), new Promise((resolve) => child.once("close", resolve))];
  const [error] = await once(child, "error");
  assert.ok(error instanceof StartError);
  assert.match(error.message, /cannot start \/nosuch\/program: there is no such program/);
  assert.equal(error.shortage, undefined);
  await Promise.all(ends);
});

test("arguments that the system does not take are told in the same way", async () => {
  const child = startChild("/bin/true", ["x".repeat(1 << 22)], { stdio: "ignore" });
  const [error] = await once(child, "error");
  assert.match(error.message, /longer than the system takes/);
});

test("nobody needs to listen", async () => {
  const child = startChild("/nosuch/program", [], {});
  await new Promise((resolve) => child.once("close", resolve));
});

test("a shortage is told apart, and says what to raise", () => {
  const program = `
    import { openSync } from "node:fs";
    const { startChild } = await import(${JSON.stringify(new URL("start.ts", import.meta.url).href)});
    const more = [];
    try { for (;;) more.push(openSync("/dev/null")); } catch {}
    const child = startChild("/bin/cat", [], {});
    child.stdin.write("x");
    child.on("error", ({ code, shortage, message, remedy }) => {
      console.log(JSON.stringify({ code, shortage, message, remedy }));
      process.exit();
    });`;
  const words = `ulimit -n 40; exec "$@"`;
  const args = ["-c", words, "sh", process.execPath, "--input-type=module", "-e", program];
  const { stdout, stderr } = spawnSync("/bin/sh", args, { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  const told = JSON.parse(stdout);
  assert.equal(told.code, "LAUNCH");
  assert.equal(told.shortage, "files");
  assert.equal(told.message, "cannot start /bin/cat: not enough files");
  assert.match(told.remedy, /ulimit -n/);
});

test("nothing else in src starts a process without waiting for it", () => {
  const others = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !/\.test\.ts$|fixture|testing/.test(name))
    .filter((name) => name !== "child/start.ts")
    .filter((name) => {
      const code = readFileSync(new URL(name, source), "utf8");
      const [, names = ""] = /import \{([^}]*)\} from "node:child_process"/.exec(code) ?? [];
      const others = names.split(",").filter((word) => !/^\s*(type \w+|spawnSync)?\s*$/.test(word));
      return others.length > 0 || /(getBuiltinModule|import)\("node:child_process"/.test(code);
    });
  assert.deepEqual(others, [], `start it by ${fileURLToPath(new URL("child/start.ts", source))}`);
});
