import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { sandbox } from "./sandbox.ts";
import { repository } from "./scratch.ts";

// Everything that is printed with --json is what share/yonder.schema.json says, and nothing that it does not say.

type Json = Record<string, unknown>;

const schema = JSON.parse(readFileSync(join(repository, "share/yonder.schema.json"), "utf8")) as Json;
const ajv = new Ajv2020({ strictTypes: false, allErrors: true });
ajv.addSchema(closed(schema) as Json);

/** A reader takes new fields as they come; here every field must be in the schema. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  return "properties" in copy && "type" in copy && copy["required"] && !isOpen(copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}

/** A host may tell more or less of itself. */
function isOpen(of: Json): boolean {
  return `${of["description"]}`.startsWith("yonder doctor -S");
}

function check(kind: string, text: string): Json[] {
  const lines = text.trimEnd().split("\n");
  return lines.map((line) => {
    const value = JSON.parse(line) as Json;
    const validate = ajv.getSchema(`urn:yonder:json#/$defs/${kind}`)!;
    assert.ok(validate(value), `${kind}: ${line}\n${ajv.errorsText(validate.errors)}`);
    return value;
  });
}

test("jobs and tasks", () => {
  using box = sandbox();
  const results = check(
    "taskResult",
    box.run(
      "yonder run -k --json --tag --timeout 2 'echo {}; [ {} != 1 ] || exit 3; [ {} != 2 ] || sleep 30' ::: 0 1 2",
    ).stdout,
  );
  assert.deepEqual(
    results.map(({ task, outcome, exitCode, values, stdout }) => [task, outcome, exitCode, values, stdout]),
    [
      [1, "succeeded", 0, ["0"], "0\n"],
      [2, "failed", 3, ["1"], "1\n"],
      [3, "timedOut", results[2]!["exitCode"], ["2"], "2\n"],
    ],
  );
  const [job] = check("job", box.run("yonder jobs --json").stdout);
  assert.deepEqual(job!["counts"], { succeeded: 1, failed: 1, timedOut: 1, cancelled: 0, skipped: 0 });
  check("job", box.run("yonder wait --json").stdout);
  check("jobDetail", box.run("yonder show --json @").stdout);
  check("explanation", box.run("yonder explain --json @").stdout);
  for (const task of [1, 2, 3]) check("explanation", box.run(`yonder explain --json @ ${task}`).stdout);
  const logs = check("taskLog", box.run("yonder logs --json @").stdout);
  // What a task gave is told in the same words while the job runs and afterwards.
  for (const result of results) {
    const log = logs.find(({ task }) => task === result["task"])!;
    for (const [name, value] of Object.entries(result)) assert.deepEqual(log[name], value, name);
  }
  check("cancelResult", box.run("yonder cancel --json @").stdout);
  check("garbage", box.run("yonder gc --json --days 0 --keep 0").stdout);
});

test("a job that runs, and what comes of it", () => {
  using box = sandbox();
  const [submitted] = check(
    "submitted",
    box.run("yonder submit --json -j1 'echo {}; sleep 20' ::: 1 2 3").stdout,
  );
  const id = submitted!["id"];
  box.run(`until yonder show --json ${id} | grep -q '"running":.{'; do sleep 0.1; done`);
  const [shown] = check("jobDetail", box.run(`yonder show --json ${id}`).stdout);
  assert.equal(shown!["state"], "running");
  check("job", box.run("yonder jobs --json").stdout);
  check("explanation", box.run(`yonder explain --json ${id}`).stdout);
  check("explanation", box.run(`yonder explain --json ${id} 1; yonder explain --json ${id} 2`).stdout);
  check("cancelResult", box.run(`yonder cancel --json ${id}`).stdout);
  check("job", box.run(`yonder wait --json ${id}`).stdout);
  check("jobDetail", box.run(`yonder show --json ${id}`).stdout);
});

test("retries, skipped and reused tasks, files", () => {
  using box = sandbox();
  const run = (command: string): Json[] => check("taskResult", box.run(command).stdout);
  run("yonder run --json --retries 2 'exit {}' ::: 1");
  check("explanation", box.run("yonder explain --json @ 1").stdout);
  check("taskLog", box.run("yonder logs --json @").stdout);
  assert.deepEqual(
    run("yonder run -k --json --filter '{1} < 2' echo ::: 1 2").map(({ outcome }) => outcome),
    ["succeeded", "skipped"],
  );
  check("taskLog", box.run("yonder logs --json @").stdout);
  const memo = "yonder run --json --memo echo ::: a";
  run(memo);
  const [reused] = run(memo);
  assert.deepEqual([reused!["reused"], reused!["stdout"]], [true, "a\n"]);
  check("taskLog", box.run("yonder logs --json @").stdout);
  check("explanation", box.run("yonder explain --json @ 1").stdout);
  const [filed] = run("yonder run --json --files echo ::: a");
  assert.equal(readFileSync(`${filed!["outputPath"]}`, "utf8"), "a\n");
});

test("outputs of every kind and size come out as they went in", () => {
  using box = sandbox();
  const outputs: Record<string, string> = {
    "printf '\\377\\n'": "\xff\n",
    "printf 'é\\t\\\"\\\\\\001'": '\xc3\xa9\t"\\\x01',
    "head -c 200001 /dev/zero": "\0".repeat(200_001),
    "yes 'äöü' | head -n 50000": "\xc3\xa4\xc3\xb6\xc3\xbc\n".repeat(50_000),
    "yes | head -c 300000; printf '\\377'": `${"y\n".repeat(150_000)}\xff`,
  };
  for (const [command, expected] of Object.entries(outputs)) {
    const [result] = check("taskResult", box.run('yonder run --json "$1; : {}" ::: x', [command]).stdout);
    const stdout = result!["stdout"] as string | { base64: string };
    const bytes =
      typeof stdout === "string" ? Buffer.from(stdout, "latin1") : Buffer.from(stdout.base64, "base64");
    assert.ok(bytes.toString("latin1") === expected, command);
  }
});

test("--results -.json has GNU parallel's words, under each name", () => {
  using box = sandbox();
  for (const name of ["parallel", "yonder"]) {
    const row = JSON.parse(box.run(`${name} --results -.json echo ::: a`).stdout) as Json;
    assert.deepEqual([row["Seq"], row["Exitval"], row["Stdout"], row["V"]], [1, 0, "a\n", ["a"]]);
  }
});

test("a job that prints JSON is gone on with in JSON", () => {
  using box = sandbox();
  const command = "yonder -j1 --json '[ {} = 1 ] || [ -e on ] || kill -9 $PPID; echo {}' ::: 1 2 3";
  const first = box.run(command).stdout;
  const rest = box.run("touch on; yonder resume @").stdout;
  const results = check("taskResult", first + rest);
  assert.deepEqual([...new Set(results.map(({ task }) => task))], [1, 2, 3]);
});

test("the store", () => {
  using box = sandbox();
  box.run("mkdir d; echo a >d/a; ln -s a d/l");
  const [stored] = check("stored", box.run("yonder put --json d").stdout);
  const cid = `${stored!["cid"]}`;
  const kinds: [string, string][] = [
    ["stored", "yonder put --json d/a d/l; echo a | yonder put --json -"],
    ["nodeStat", `yonder store stat --json ${cid} ${cid}/a`],
    ["entry", `yonder store ls --json ${cid}`],
    ["copy", `yonder get --json ${cid} -o copy`],
    ["pinned", `yonder pin --json ${cid}`],
    ["pin", "yonder store pins --json"],
    ["unpinned", `yonder store unpin --json ${cid}`],
    ["name", `yonder store name set --json n ${cid}`],
    ["name", "yonder store name get --json n"],
    ["name", "yonder store name list --json"],
    ["removedName", "yonder store name rm --json n"],
    ["exportedCar", `yonder store car export --json ${cid} -o c.car`],
    ["importedCar", "yonder store car import --json c.car"],
    ["verified", "yonder store verify --json"],
    ["garbage", "yonder gc --json"],
  ];
  for (const [kind, command] of kinds) check(kind, box.run(command).stdout);
});

test("machines", () => {
  using box = sandbox();
  check("thisMachine", box.run("yonder doctor --json").stdout);
  check("hostReport", box.run("yonder doctor --json -S nobody@127.0.0.2 --ssh false").stdout);
});

test("errors", () => {
  using box = sandbox();
  const errors: [string, string, number][] = [
    ["yonder show --json nosuch", "JOURNAL", 1],
    ["yonder jobs --nosuch --json", "USAGE", 2],
    ["yonder run --json --nosuch", "USAGE", 255],
    ["yonder run --json echo :::: nosuch", "INPUT", 255],
    ["yonder store cat --json nosuch", "STORE_MISSING", 1],
    ["yonder store fly --json", "USAGE", 2],
    ["yonder get --json nosuch", "STORE_MISSING", 1],
  ];
  for (const [command, code, status] of errors) {
    const ended = box.run(command);
    assert.equal(ended.stdout, "", command);
    const [{ error }] = check("error", ended.stderr.trimEnd().split("\n").at(-1)!) as [{ error: Json }];
    assert.deepEqual([error["code"], ended.status], [code, status], `${command}: ${ended.stderr}`);
  }
  assert.match(box.run("parallel --json --nosuch").stderr, /^parallel: Error: Unknown option/);
  assert.match(box.run("yonder --nosuch echo ::: --json").stderr, /^yonder: Error: Unknown option/);
});
