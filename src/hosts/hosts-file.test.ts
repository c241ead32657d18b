import assert from "node:assert/strict";
import { test } from "node:test";
import type { YonderError } from "../interface/errors.ts";
import { attributesOf, type Host, withoutRepeats } from "./host.ts";
import { parseHostsFile } from "./hosts-file.ts";

function hosts(text: string): readonly Host[] {
  return parseHostsFile(text, "lab.hosts", { env: {}, ssh: "ssh" });
}

function refusal(text: string): string {
  try {
    hosts(text);
  } catch (error) {
    return (error as YonderError).message;
  }
  return "no error";
}

test("a host a line, with labels and attributes behind it", () => {
  const [alice, bob, here, ...others] = hosts(`# the lab

  8/alice  gpu mem=64G arch=arm64 # the fast one
@ssd+old/"ssh -p 2222 ann@bob"\track='12' owner="Ann B" spot=true
:  cores=2
`);
  assert.deepEqual(others, []);
  assert.deepEqual([alice!.login, alice!.cpus, alice!.groups], ["alice", 8, ["gpu", "alice"]]);
  assert.deepEqual(Object.fromEntries(alice!.attributes), {
    cores: 8,
    gpu: true,
    memory: 64 * 1024 ** 3,
    arch: "arm64",
  });
  assert.deepEqual(
    [bob!.login, bob!.host, bob!.groups],
    ["ssh -p 2222 ann@bob", "bob", ["ssd", "old", "spot", "ssh -p 2222 ann@bob"]],
  );
  assert.deepEqual(Object.fromEntries(bob!.attributes), {
    ssd: true,
    old: true,
    rack: 12,
    owner: "Ann B",
    spot: true,
  });
  assert.equal(here!.cpus, 2);
});

test("errors name the line", () => {
  assert.match(refusal("alice\n\nx/bob"), /^lab\.hosts, line 3: The host "x\/bob" cannot be used/);
  assert.match(refusal('alice "gpu'), /^lab\.hosts, line 1: A quote is not closed/);
  assert.match(refusal("alice not"), /"not" cannot be the name of a label/);
  assert.match(refusal("alice =3"), /"" cannot be the name/);
  assert.match(refusal("alice a<b=3"), /"a<b" cannot be the name/);
  assert.match(refusal("alice cores=many"), /cores must be a number of CPUs/);
  assert.match(refusal("alice cpus=-1"), /cpus must be a number of CPUs/);
});

test("an ssh command without quotes is not taken for a host and its labels", () => {
  for (const line of ["ssh -p 2222 bob", "4/ssh bob gpu", "//bin/myssh bob", "myssh -q bob"]) {
    assert.match(refusal(line), /Where an ssh command ends and labels begin cannot be seen/, line);
  }
  assert.deepEqual(
    hosts("ssh-gateway gpu").map(({ login }) => login),
    ["ssh-gateway"],
  );
});

test("a host that is named twice has the groups and attributes of both", () => {
  const [alice, ...others] = withoutRepeats(hosts("3/alice gpu disk=1\n@g/1/alice ssd disk=2\n"));
  assert.deepEqual(others, []);
  assert.deepEqual([alice!.cpus, alice!.groups], [1, ["gpu", "g", "ssd", "alice"]]);
  assert.equal(alice!.attributes.get("disk"), 2);
});

test("what is said of a host counts more than what is measured", () => {
  const [alice] = hosts("alice mem=64G");
  const known = attributesOf(
    alice!,
    new Map<string, string | number>([
      ["memory", 5],
      ["os", "Linux"],
    ]),
  );
  assert.deepEqual([known.get("memory"), known.get("os")], [64 * 1024 ** 3, "Linux"]);
});
