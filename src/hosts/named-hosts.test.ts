import assert from "node:assert/strict";
import { test } from "node:test";
import type { YonderError } from "../interface/errors.ts";
import { hostsCalled, type NamedHosts, parseNamedHosts } from "./named-hosts.ts";

function parse(text: string): NamedHosts | undefined {
  return parseNamedHosts(text, "yonder.toml", { env: {}, ssh: "ssh" });
}

function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    return (error as YonderError).message;
  }
  return "no error";
}

const LAB = `
[hosts.alice]
login = "ann@alice.lan"
cores = 8
labels = ["gpu", "fast"]
memory = "64G"
rack = "b"
spot = false

[hosts.bob]
labels = ["gpu"]

[hosts."10.0.0.7"]

[other]
x = 1
`;

test("tables of hosts, with labels and attributes", () => {
  const [alice, bob, plain] = [...parse(LAB)!.values()];
  assert.deepEqual(
    [alice!.login, alice!.command.join(" "), alice!.cpus, alice!.groups],
    ["ann@alice.lan", "ssh ann@alice.lan", 8, ["alice", "gpu", "fast", "ann@alice.lan"]],
  );
  assert.deepEqual(Object.fromEntries(alice!.attributes), {
    alice: true,
    gpu: true,
    fast: true,
    cores: 8,
    memory: 64 * 1024 ** 3,
    rack: "b",
    spot: false,
  });
  assert.deepEqual([bob!.login, bob!.cpus, plain!.login], ["bob", undefined, "10.0.0.7"]);
});

test("hosts are called by name, by label, or all", () => {
  const called = (name: string): string[] => hostsCalled(name, parse(LAB)!).map(({ host }) => host);
  assert.deepEqual(called("alice"), ["alice.lan"]);
  assert.deepEqual(called("gpu"), ["alice.lan", "bob"]);
  assert.deepEqual(called("all"), ["alice.lan", "bob", "10.0.0.7"]);
  assert.deepEqual(called("tpu"), []);
});

test("a file without hosts says nothing of hosts", () => {
  assert.equal(parse("[other]\nx = 1\n"), undefined);
});

test("errors name the place", () => {
  assert.match(refusal("[hosts.alice\n"), /^yonder\.toml, line 1, column \d+: \S/);
  assert.match(refusal("hosts = 3"), /^yonder\.toml: hosts: must be tables/);
  assert.match(refusal("[hosts]\nalice = 'x'"), /^yonder\.toml: hosts\.alice: must be a table/);
  assert.match(refusal("[hosts.alice]\nlogin = 3"), /hosts\.alice\.login: must be a text/);
  assert.match(refusal("[hosts.alice]\nlabels = 'gpu'"), /hosts\.alice\.labels: must be an array of texts/);
  assert.match(refusal("[hosts.alice]\nlogin = '-oX'"), /hosts\.alice: The host "-oX" cannot be used/);
  assert.match(refusal("[hosts.alice]\ncores = 1.5"), /hosts\.alice: cores must be a number of CPUs/);
  assert.match(refusal("[hosts.alice]\nsince = 2020-01-01"), /hosts\.alice: since must be a number, true/);
  assert.match(
    refusal("[hosts.alice]\nlabels = ['a b']"),
    /hosts\.alice: "a b" cannot be the name of a label/,
  );
});
