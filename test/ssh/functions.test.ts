import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type ConnectOptions, connect, type Yonder } from "../../src/sdk/index.ts";
import { type SshLab, sshLab } from "./lab.ts";
import type { LoopbackHost } from "./loopback-host.ts";
import { labRefusal } from "./refusal.ts";
import * as tasks from "./tasks.ts";

/** What a machine has that knows nothing of node. */
const TOOLS = "sh bash cat chmod env head ldd mkdir mktemp mv ps rm sed sha256sum sleep stty uname wc".split(
  " ",
);
const nodeDirectory = dirname(process.execPath);

test("functions on other machines", { skip: labRefusal("loopback") }, async (t) => {
  let lab!: SshLab;
  const hosts = new Map<string, LoopbackHost>();
  const homeOf = (host: string): string => join(lab.directory, host, "home");

  /** A machine with a home of its own, and with node in its PATH unless that is said to be another one. */
  async function machine(host: string, path = `${nodeDirectory}:/usr/bin:/bin`): Promise<void> {
    hosts.set(host, await lab.loopback(host, { env: { PATH: path } }));
  }

  const open = (target: string, options: ConnectOptions = {}): Promise<Yonder> =>
    connect(target, { ssh: ["ssh", "-F", lab.config], journal: false, progress: false, ...options });

  /** A directory without node. */
  function toolsOnly(): string {
    const directory = join(lab.directory, "tools");
    if (existsSync(directory)) return directory;
    mkdirSync(directory);
    for (const tool of TOOLS) {
      const found = ["/usr/bin", "/bin"].map((at) => join(at, tool)).find(existsSync);
      if (found !== undefined) symlinkSync(found, join(directory, tool));
    }
    return directory;
  }

  before(async () => {
    lab = await sshLab();
    await machine("alice");
    await machine("bob");
  });
  after(() => lab.close());

  await t.test("a function runs there, with what its module imports", async () => {
    await using y = await open("ssh://2/alice");
    assert.equal(await y.run(tasks.home), homeOf("alice"));
    assert.equal(await y.run((a: number, b: number) => a + b, 20, 22), 42);
  });

  await t.test("what it needs is sent once, by content", async () => {
    const cache = join(homeOf("alice"), ".cache/yonder");
    const before = readdirSync(join(cache, "files"));
    {
      await using y = await open("ssh://2/alice");
      await y.run(tasks.home);
      assert.equal(readdirSync(join(cache, "run")).length, 1);
    }
    assert.deepEqual(readdirSync(join(cache, "files")), before);
    assert.equal(readdirSync(join(cache, "agent")).length, 1);
    assert.deepEqual(readdirSync(join(cache, "run")), []);
  });

  await t.test("an error comes back as it was thrown, its stack with the file's path here", async () => {
    await using y = await open("ssh://1/alice");
    await assert.rejects(y.run(tasks.throws, "far away"), (error: RangeError) => {
      assert.ok(error instanceof RangeError);
      assert.equal(error.message, "far away");
      assert.ok(error.cause instanceof TypeError);
      const place = pathToFileURL(join(import.meta.dirname, "tasks.ts")).href;
      assert.match(error.stack!, new RegExp(`at ${place}:\\d+:\\d+`));
      assert.doesNotMatch(error.stack!, /\.cache/);
      return true;
    });
  });

  await t.test("values and the errors in them arrive whole, with nothing beside them", async () => {
    await using y = await open("ssh://1/alice");
    for (const isolation of ["thread", "process"] as const) {
      const given = JSON.parse('{"__proto__":{"isAdmin":true}}') as object;
      const bytes = Buffer.from("a view of the pool");
      const back = await y.with({ isolation }).run(tasks.reports, { ...given, bytes });
      assert.deepEqual(back.facts, [true, 18, undefined]);
      assert.ok(back.reason instanceof RangeError);
      assert.deepEqual([back.reason.cause, back.reason.errors], [{ status: 404 }, ["a"]]);
      assert.match(back.reason.stack!, /at file:\/\/.*\/test\/ssh\/tasks\.ts:\d+/);
      assert.doesNotMatch(back.reason.stack!, /\.cache/);
      assert.deepEqual([back.text.toString(), back.text.buffer.byteLength], ["pooled", 6]);
      assert.deepEqual([Buffer.isBuffer(back.bytes), back.bytes.buffer.byteLength], [false, 3]);
    }
  });

  await t.test("map over two machines: 1,000 items, and both take part", async () => {
    await using y = await open("ssh://2/alice,2/bob");
    const squares: number[] = [];
    const homes = new Map<string, number>();
    for await (const [square, home] of y.map(
      tasks.busy,
      Array.from({ length: 1000 }, (_, n) => n),
    )) {
      squares.push(square);
      homes.set(home, (homes.get(home) ?? 0) + 1);
    }
    assert.deepEqual(
      squares,
      Array.from({ length: 1000 }, (_, n) => n * n),
    );
    assert.deepEqual([...homes.keys()].sort(), [homeOf("alice"), homeOf("bob")]);
    assert.ok(Math.min(...homes.values()) > 100, `${[...homes]}`);
  });

  await t.test("this machine takes part where it is named", async () => {
    await using y = await open("ssh://1/alice,1/:");
    const pids = await y.get(Array.from({ length: 2 }, () => y.run(tasks.homeAfter, 300)));
    assert.deepEqual(pids.sort(), [homeOf("alice"), process.env["HOME"]].sort());
  });

  await t.test("generators stream, and the reader sets the pace", async () => {
    await using y = await open("ssh://1/alice");
    const items: number[] = [];
    for await (const item of y.run(tasks.count, 1000)) items.push(item);
    assert.equal(items.length, 1000);
    for await (const item of y.run(tasks.count, 1e9)) if (item > 500) break;
  });

  await t.test("a task is cancelled there, and one behind a busy one runs elsewhere", async () => {
    await using y = await open("ssh://1/alice", { graceMs: 200 });
    const waiting = y.run(tasks.waitsForSignal);
    await sleep(500);
    y.cancel(waiting);
    await assert.rejects(waiting, { code: "CANCELLED" });
    assert.equal(await y.run(tasks.home), homeOf("alice"));
  });

  await t.test("a thread that ends under its task is made anew", async () => {
    await using y = await open("ssh://1/alice");
    await assert.rejects(y.run(tasks.exits, 3), { code: "WORKER_LOST", message: /process\.exit\(3\)/ });
    assert.equal(await y.run(tasks.home), homeOf("alice"));
  });

  await t.test("what has ended has ended, also where a call behind it ends the thread", async () => {
    await using y = await open("ssh://1/alice");
    for await (const _ of y.map(
      (n: number) => n,
      Array.from({ length: 3000 }, (_, n) => n),
    ));
    const once = y.with({ pure: false });
    const large = once.run(tasks.ramp, 4_000_000);
    const exit = y.run(tasks.exits, 5);
    assert.equal((await large).length, 4_000_000);
    await assert.rejects(exit, { code: "WORKER_LOST" });
  });

  await t.test("isolation: a process of its own there", async () => {
    await using y = await open("ssh://1/alice");
    const own = y.with({ isolation: "process" });
    const [shared, alone] = await y.get([y.run(tasks.pid), own.run(tasks.pid)]);
    assert.notEqual(shared, alone);
    await assert.rejects(own.run(tasks.exits, 4), { code: "WORKER_LOST", message: /exited with 4/ });
  });

  await t.test("large values: from one machine to the other, in shared memory there, sent once", async () => {
    await using y = await open("ssh://1/alice,1/bob");
    const list = y.run(tasks.ramp, 1_000_000);
    const sums = Array.from({ length: 20 }, (_, factor) => y.run(tasks.sum, list, factor));
    const expected = (999_999 * 1_000_000) / 2;
    assert.deepEqual(
      await y.get(sums),
      sums.map((_, factor) => expected * factor),
    );
    assert.equal(await y.run(tasks.isShared, list), true);
    assert.equal(await y.run(tasks.isShared, new Float64Array(100_000)), false);
  });

  await t.test("what only threads of one process can share is refused, with its path", async () => {
    await using y = await open("ssh://1/alice");
    const shared = { deep: [new SharedArrayBuffer(8)] } as unknown as Float64Array;
    await assert.rejects(y.run(tasks.sum, shared, 1), {
      code: "ARGUMENT",
      message: /args\[0\]\.deep\[0\] is a SharedArrayBuffer/,
    });
    assert.equal(await y.run(tasks.home), homeOf("alice"));
  });

  await t.test("actors keep their state there, one after the other on each machine", async () => {
    await using y = await open("ssh://1/alice,1/bob");
    const counters = await Promise.all([1, 2].map((from) => y.actor(tasks.Counter, { args: [from] })));
    for (const counter of counters) await counter.add(10);
    assert.deepEqual(await y.get(counters.map((counter) => counter.add(1))), [12, 13]);
    const homes = await y.get(counters.map((counter) => counter.home()));
    assert.deepEqual(homes.sort(), [homeOf("alice"), homeOf("bob")]);
    await assert.rejects(counters[0]!.exit(), { code: "WORKER_LOST" });
    assert.equal(await counters[0]!.add(5), 6);
  });

  /** A program with its own standard output. */
  function program(body: string): { readonly stdout: string; readonly stderr: string } {
    const from = (path: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, path)));
    const text = `
      import { connect } from ${from("../../src/sdk/index.ts")};
      import { says, shouts } from ${from("tasks.ts")};
      const ssh = ["ssh", "-F", ${JSON.stringify(lab.config)}];
      const y = await connect("ssh://1/alice", { ssh, journal: false, progress: false });
      ${body}`;
    const words = ["--input-type=module-typescript", "-e", text];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(status, 0, stderr);
    return { stdout, stderr };
  }

  await t.test("output of tasks is theirs; programs that they call do not harm the connection", () => {
    const body = `await y.run(says, "hello"); console.log(await y.run(shouts)); await y.close();`;
    const { stdout, stderr } = program(body);
    assert.deepEqual(stdout.split("\n"), ["says#1  hello", "done", ""]);
    assert.match(stderr, /says#1 {2}HELLO/);
    assert.match(stderr, /to standard output\n\s*0\n/);
  });

  await t.test("a program that does not close its connection ends all the same", () => {
    assert.equal(program(`console.log(await y.run(() => "done"));`).stdout, "done\n");
  });

  await t.test("a machine without node is named, with the way to allow one to be sent", async (t) => {
    if (existsSync("/usr/local/bin/node")) return t.skip("/usr/local/bin/node is there");
    await machine("dave", toolsOnly());
    await assert.rejects(open("ssh://dave"), {
      code: "HOST",
      message: /^dave has no node 24\.2\.0 or newer: /,
      remedy: /connect\("ssh:\/\/dave", \{ bringNode: true \}\)/,
    });
    await using y = await open("ssh://dave", { bringNode: true, threads: 1 });
    assert.equal(await y.run(tasks.home), homeOf("dave"));
    const brought = readdirSync(join(homeOf("dave"), ".cache/yonder/node"));
    await using again = await open("ssh://dave", { bringNode: true });
    assert.equal(await again.run(tasks.home), homeOf("dave"));
    assert.deepEqual(readdirSync(join(homeOf("dave"), ".cache/yonder/node")), brought);
  });

  await t.test("node is found where only the login shell has it in its PATH", async (t) => {
    if (existsSync("/usr/local/bin/node")) return t.skip("/usr/local/bin/node is there");
    await machine("erin", toolsOnly());
    writeFileSync(join(homeOf("erin"), ".profile"), `echo Welcome\nexport PATH=${nodeDirectory}:$PATH\n`);
    await using y = await open("ssh://erin");
    assert.equal(await y.run(tasks.home), homeOf("erin"));
  });

  await t.test(
    "packages travel, through links too; data does where it is named, and is named where not",
    async (t) => {
      const { url, data } = project(t);
      const { reads, shout, addon } = (await import(url)) as {
        reads: (typeof tasks)["reads"];
        shout(text: string): string;
        addon(): Promise<void>;
      };
      await using y = await open("ssh://1/alice", { files: [data] });
      assert.equal(await y.run(shout, "hi"), "HI!");
      assert.equal(await y.run(reads, "./data/words.txt"), "words");
      await assert.rejects(y.run(reads, "./other.txt"), {
        code: "ENOENT",
        message:
          /other\.txt'\. It was not sent to alice: name what modules find as they run in connect\(…, \{ files/,
      });
      await assert.rejects(y.run(addon), {
        code: "MODULE_NOT_FOUND",
        message: /fast\.node'[\s\S]*Native addons are not sent to alice/,
      });
    },
  );

  await t.test(
    "a machine that goes down: its tasks are lost or tried elsewhere, and the others go on",
    async () => {
      await machine("carol");
      await using y = await open("ssh://2/carol,2/bob");
      const places = await y.get(Array.from({ length: 4 }, () => y.run(tasks.homeAfter, 300)));
      assert.deepEqual([...new Set(places)].sort(), [homeOf("bob"), homeOf("carol")]);
      const counters = await Promise.all([1, 2].map(() => y.actor(tasks.Counter)));
      await y.get(counters.map((counter) => counter.add(7)));
      const directory = join(lab.directory, "actors");
      const durable = await Promise.all(
        ["one", "other"].map((name) => y.actor(tasks.Counter, { name, durable: { directory } })),
      );
      await y.get(durable.map((counter) => counter.add(20)));
      const lost = Array.from({ length: 4 }, () => y.run(tasks.homeAfter, 4000));
      const retried = Array.from({ length: 4 }, () =>
        y.with({ retries: { count: 1 } }).run(tasks.homeAfter, 1000),
      );
      await sleep(1800);
      hosts.get("carol")!.killSshd();
      const ends = await Promise.allSettled(lost);
      const failed = ends.filter((end) => end.status === "rejected");
      assert.equal(failed.length, 2);
      for (const { reason } of failed) {
        assert.equal(reason.code, "WORKER_LOST");
        assert.match(reason.message, /carol is lost/);
      }
      assert.deepEqual([...new Set(await y.get(retried))], [homeOf("bob")]);
      assert.deepEqual((await y.get(counters.map((counter) => counter.add(1)))).sort(), [1, 8]);
      assert.deepEqual([...new Set(await y.get(counters.map((counter) => counter.home())))], [homeOf("bob")]);
      assert.deepEqual(await y.get(durable.map((counter) => counter.add(2))), [22, 22]);
      const last = y.run(tasks.homeAfter, 60_000);
      await sleep(1500);
      hosts.get("bob")!.killSshd();
      await assert.rejects(last, { code: "WORKER_LOST", message: /bob is lost/ });
      await assert.rejects(y.run(tasks.home), {
        code: "HOST",
        message: /^no machine is left: carol, bob are lost/,
      });
      await hosts.get("bob")!.startSshd();
    },
  );

  await t.test("a machine that hangs is lost when it has been silent for long enough", async () => {
    await machine("frank");
    await using y = await open("ssh://1/frank,1/alice", { silenceMs: 3000 });
    const running = Array.from({ length: 2 }, () =>
      y.with({ retries: { count: 1 } }).run(tasks.homeAfter, 4000),
    );
    await sleep(1500);
    hosts.get("frank")!.stopSshd();
    assert.deepEqual(await y.get(running), [homeOf("alice"), homeOf("alice")]);
    hosts.get("frank")!.contSshd();
  });

  await t.test("short calls behind a long one come back, and run in another thread", async () => {
    await using y = await open("ssh://2/alice");
    for await (const _ of y.map(
      (n: number) => n,
      Array.from({ length: 5000 }, (_, n) => n),
    ));
    // The long one outlasts the patience of the test: the others must get by it.
    const [long, ...short] = Array.from({ length: 200 }, (_, n) => y.run(tasks.spins, n === 0 ? 120_000 : 0));
    await y.get(short);
    y.cancel(long!);
  });

  await t.test("a slow network: slots are kept ahead, and what is asked back comes late", async (t) => {
    const refusal = labRefusal("namespace");
    if (refusal !== false) return t.skip(refusal);
    const host = await lab.namespace("grace", { rc: "export PATH=$HOME:$PATH" });
    // Where ours is may be a place that the host does not see.
    copyFileSync(process.execPath, host.path("node"));
    await host.netem({ delayMs: 20 });
    await using y = await open("ssh://2/grace", { silenceMs: 30_000 });
    for (let round = 0; round < 3; round++) {
      const ends = y.map(
        tasks.busy,
        Array.from({ length: 1000 }, (_, n) => n),
      );
      const squares: number[] = [];
      for await (const [square] of ends) squares.push(square);
      assert.deepEqual(
        squares,
        Array.from({ length: 1000 }, (_, n) => n * n),
      );
    }
  });

  await t.test("a task goes to a machine that has what it needs", async () => {
    await using y = await open("ssh://1/alice,3/bob");
    const wide = Array.from({ length: 3 }, () => y.with({ resources: { cpus: 2 } }).run(tasks.home));
    assert.deepEqual([...new Set(await y.get(wide))], [homeOf("bob")]);
    assert.throws(() => y.with({ resources: { cpus: 4 } }).run(tasks.home), {
      code: "RESOURCE",
      message: "the task needs 4 cpus, and no machine has that by itself",
    });
  });

  await t.test("a machine that cannot be reached is left out; with none there is an error", async () => {
    await using y = await open("ssh://1/alice,127.0.0.1:1");
    assert.equal(await y.run(tasks.home), homeOf("alice"));
    await assert.rejects(open("ssh://127.0.0.1:1"), { code: "HOST", message: /^127\.0\.0\.1:1: .*refused/ });
  });
});

/** A program's own directory, with a package that is a link, as package managers make them. */
function project(t: TestContext): { readonly url: string; readonly data: string } {
  const directory = mkdtempSync(join(tmpdir(), "ship-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const at = (path: string, text: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };
  at("package.json", `{"name":"${basename(directory)}","type":"module"}`);
  at(
    "store/shouting@1/node_modules/shouting/package.json",
    `{"name":"shouting","exports":{".":"./lib/index.cjs"}}`,
  );
  at("store/shouting@1/node_modules/shouting/lib/index.cjs", `exports.shout = require("marks").add;`);
  at("store/shouting@1/node_modules/marks/package.json", `{"name":"marks","main":"./marks.js"}`);
  at("store/shouting@1/node_modules/marks/marks.js", `exports.add = (t) => t.toUpperCase() + "!";`);
  at("addon.cjs", `exports.fast = () => require("./fast.node");`);
  at("fast.node", "not even that");
  at("data/words.txt", "words");
  at("other.txt", "other");
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(
    join(directory, "store/shouting@1/node_modules/shouting"),
    join(directory, "node_modules/shouting"),
  );
  at(
    "tasks.ts",
    `import { readFileSync } from "node:fs";
     import { shout as loud } from "shouting";
     import { task } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../src/sdk/index.ts")))};
     export const addon = task(async (): Promise<void> => (await import("./addon.cjs")).fast());
     export const shout = task((text: string): string => loud(text));
     export const reads = task((name: string): string => readFileSync(new URL(name, import.meta.url), "utf8"));`,
  );
  return { url: pathToFileURL(join(directory, "tasks.ts")).href, data: join(directory, "data") };
}
