import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../../lab/sim/simulate.ts";

const SEEDS = 500;

test(`${SEEDS} simulated jobs keep every promise`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { broken } = await simulate(seed);
    assert.equal(broken, undefined, `${broken?.stack}\nreplay: node lab/sim/run.ts --seed ${seed}`);
  }
});

test("the same seed tells the same story", async () => {
  assert.deepEqual((await simulate(42)).transcript, (await simulate(42)).transcript);
});

test("the simulation goes everywhere", async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    for (const line of (await simulate(seed)).transcript) seen.add(line.replace(/[\d.]+/g, "N"));
  }
  for (const words of [
    "signal N attempt=N why=timeout",
    "signal N attempt=N why=eviction",
    "signal N attempt=N why=halt",
    "signal N attempt=N why=cancel",
    "return N attempt=N",
    "check-gate",
    "outcome N skipped attempts=N",
    "outcome N timedOut signal=N attempts=N",
    "outcome N cancelled by=halt signal=N attempts=N",
    "outcome N cancelled by=eviction signal=N attempts=N",
    "start N attempt=N slot=N ahead",
  ]) {
    assert.ok(seen.has(`    ${words}`), words);
  }
  for (const words of [
    "add N blocked class=N at=N",
    "unblock N at=N",
    "input-failed N at=N",
    "resources N N at=N",
    "slots N depth=N pool=N at=N",
    "end N attempt=N exit=N signal=N final at=N",
    "end N attempt=N exit=N signal=N interrupted at=N",
    "slots N depth=N places=N,N at=N",
    "slots N depth=N places=N,N weights=N,N at=N",
  ]) {
    assert.ok(seen.has(words), words);
  }
});
