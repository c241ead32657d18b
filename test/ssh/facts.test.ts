import assert from "node:assert/strict";
import { availableParallelism, hostname } from "node:os";
import { after, before, test } from "node:test";
import { remoteStartChecks } from "../../src/driver/gates/start-checks.ts";
import { type Connection, connect } from "../../src/launch/ssh/connection.ts";
import { FACT_GROUPS } from "../../src/launch/ssh/facts/facts.ts";
import { measureLoad } from "../../src/launch/ssh/facts/load.ts";
import { measureFacts } from "../../src/launch/ssh/facts/measure-facts.ts";
import { filterHosts } from "../../src/launch/ssh/filter-hosts.ts";
import type { Login } from "../../src/launch/ssh/login.ts";
import { parseCommandLine } from "../../src/options/parse.ts";
import { type SshLab, sshLab } from "./lab.ts";
import { labRefusal } from "./refusal.ts";

const limitsOf = (...words: string[]) =>
  parseCommandLine([...words, "true"], "yonder", { env: {}, readFile: () => undefined }).options;

test("what a host is and does, over a connection", { skip: labRefusal("loopback") }, async (t) => {
  let lab!: SshLab;
  let connection!: Connection;
  const loginOf = (name: string): Login => ({ name, command: ["ssh", "-F", lab.config, name] });
  const open = (name: string): Promise<Connection> =>
    connect(loginOf(name), {
      directory: lab.directory,
      id: 1,
      env: process.env,
      silenceMs: 10_000,
      onLost() {},
    });
  before(async () => {
    lab = await sshLab();
    await lab.loopback("alice");
    connection = await open("alice");
  });
  after(async () => {
    await connection.close();
    await lab.close();
  });

  await t.test("facts in one round trip, with the clock of the same machine", async () => {
    const facts = await measureFacts(connection, FACT_GROUPS);
    assert.equal(facts.hostname, hostname());
    assert.equal(facts.cpus.threads, availableParallelism());
    assert.ok(facts.shell !== undefined && facts.tools.tar !== undefined);
    const { offsetMs, uncertaintyMs } = facts.clock!;
    assert.ok(Math.abs(offsetMs) <= uncertaintyMs + 1, `${offsetMs} ± ${uncertaintyMs}`);
  });

  await t.test("only what was asked for", async () => {
    const facts = await measureFacts(connection, ["cpus"]);
    assert.equal(facts.cpus.threads, availableParallelism());
    assert.deepEqual([facts.hostname, facts.clock, facts.speed], [undefined, undefined, undefined]);
    assert.deepEqual(facts.tools, {});
  });

  await t.test("load, as often as one likes", async () => {
    for (let time = 0; time < 2; time++) {
      const load = await measureLoad(connection);
      assert.ok(load.availableMemoryBytes! > 0 && load.swap !== undefined && load.diskBusyMs !== undefined);
    }
  });

  await t.test("--memfree, --load, --noswap and --limit judge the host", async () => {
    const first = async (...words: string[]) =>
      (await Promise.all(remoteStartChecks(limitsOf(...words), connection, 4).map((look) => look())))[0];
    assert.equal(await first("--memfree", "1M", "--noswap", "--load", "100000"), undefined);
    assert.match((await first("--memfree", "1P"))!.reason, /^alice: free memory is \d+ MiB, below/);
    assert.equal((await first("--memfree", "1P"))!.isDire, true);
    assert.match((await first("--limit", "io 50"))!.reason, /^alice: .*being measured$/);
    // A command of --limit does not run there.
    assert.deepEqual(remoteStartChecks(limitsOf("--limit", "true"), connection, 4), []);
  });

  await t.test("a host that has gone refuses, and says why", async () => {
    await lab.loopback("bob");
    const other = await open("bob");
    const [look] = remoteStartChecks(limitsOf("--memfree", "1M"), other, 4);
    assert.equal(await look!(), undefined);
    await other.close();
    assert.match((await look!())!.reason, /^bob: /);
  });

  await t.test("--filter-hosts: who lets us in", async () => {
    (await lab.loopback("refused")).killSshd();
    const { alive, dead } = await filterHosts(["refused", ":", "alice"], {
      loginOf: (name) => (name === ":" ? undefined : loginOf(name)),
      env: process.env,
      limitMs: 10_000,
    });
    assert.deepEqual(alive, [":", "alice"]);
    assert.deepEqual(
      dead.map(({ host }) => host),
      ["refused"],
    );
    assert.match(dead[0]!.error.message, /^refused: .*Connection refused/);
  });
});
