import assert from "node:assert/strict";
import { test } from "node:test";
import type { YonderError } from "../interface/errors.ts";
import type { Host } from "./host.ts";
import { parseHost } from "./login.ts";

const world = { env: { HOME: "/home/u", KEY: "a b" }, ssh: "ssh" };
const host = (word: string, ssh = "ssh"): Host => parseHost(word, { ...world, ssh });

/** How it is shown, the bare host, how it is reached. */
function reached(word: string, ssh?: string): [string, string, string] {
  const { login, host: name, command } = host(word, ssh);
  return [login, name, command.join("|")];
}

function refusal(word: string): string {
  try {
    host(word);
  } catch (error) {
    return (error as YonderError).message;
  }
  return "no error";
}

test("a host by its name, with a user and a port", () => {
  assert.deepEqual(reached("alice"), ["alice", "alice", "ssh|alice"]);
  assert.deepEqual(reached("ann@alice.lan"), ["ann@alice.lan", "alice.lan", "ssh|ann@alice.lan"]);
  assert.deepEqual(reached("alice:2222"), ["alice:2222", "alice", "ssh|-p|2222|alice"]);
  assert.equal(reached("ann@alice", "rsh")[2], "rsh|-l|ann|alice");
  assert.deepEqual(reached("my_host-1", "rsh -i key"), ["my_host-1", "my_host-1", "rsh|-i|key|my_host-1"]);
});

test("this machine", () => {
  assert.deepEqual(reached(":"), [":", ":", ""]);
  assert.equal(host("16/:").cpus, 16);
});

test("IPv6 addresses, in GNU parallel's ways of adding a port", () => {
  assert.deepEqual(reached("::1"), ["::1", "::1", "ssh|::1"]);
  assert.deepEqual(reached("[::1]"), ["::1", "::1", "ssh|::1"]);
  for (const word of ["[::1]:2222", "::1p2222", "::1#2222"]) {
    assert.deepEqual(reached(word), ["::1:2222", "::1", "ssh|-p|2222|::1"]);
  }
  assert.deepEqual(reached("u@[2001:db8::1]:22"), [
    "u@2001:db8::1:22",
    "2001:db8::1",
    "ssh|-p|22|u@2001:db8::1",
  ]);
  assert.equal(host("fe80::1%wlp2s0").host, "fe80::1%wlp2s0");
});

test("an ssh command ends with the host", () => {
  assert.deepEqual(reached("ssh -p 2222 ann@bob"), ["ssh -p 2222 ann@bob", "bob", "ssh|-p|2222|ann@bob"]);
  assert.deepEqual(reached('ssh -o "A=b c" bob', "other"), ['ssh -o "A=b c" bob', "bob", "ssh|-o|A=b c|bob"]);
  assert.deepEqual(reached("/usr/bin/ssh -l ann bob")[2], "/usr/bin/ssh|-l|ann|bob");
});

test("of what a shell would replace, the home directory and variables are", () => {
  const braced = "$" + "{KEY}x";
  assert.equal(reached(`~/bin/myssh -i $KEY ${braced} bob`)[2], "/home/u/bin/myssh|-i|a b|a bx|bob");
  assert.equal(reached("x \"$KEY\" '$KEY' \\$KEY a~/b bob")[2], "x|a b|$KEY|$KEY|a~/b|bob");
});

test("groups and a number of CPUs stand before it", () => {
  const prefixes = (word: string): unknown[] => [host(word).groups, host(word).cpus, host(word).login];
  assert.deepEqual(prefixes("8/alice"), [["alice"], 8, "alice"]);
  assert.deepEqual(prefixes("0/alice"), [["alice"], 0, "alice"]);
  assert.deepEqual(prefixes("@g1+g2/alice"), [["g1", "g2", "alice"], undefined, "alice"]);
  assert.deepEqual(prefixes("@g1/4/ssh -p 2 h"), [["g1", "ssh -p 2 h"], 4, "ssh -p 2 h"]);
  const path = "/bin/myssh h";
  for (const word of [path, `/${path}`]) assert.deepEqual(prefixes(word), [[path], undefined, path]);
  assert.deepEqual(prefixes(`6/${path}`), [[path], 6, path]);
  assert.deepEqual(prefixes(`@g/${path}`), [["g", path], undefined, path]);
});

test("nothing that ssh would take for an option is a host", () => {
  assert.match(
    refusal("-oProxyCommand=id"),
    /^The host "-oProxyCommand=id" cannot be used: the host cannot be -oPro/,
  );
  assert.match(refusal("u@-oX=y"), /which is an option/);
  assert.match(refusal("-u@h"), /-u is not the name of a user/);
  assert.match(refusal("ssh -q"), /the host cannot be -q, which is an option/);
});

test("what is no host is refused, with the reason", () => {
  assert.match(refusal("u@"), /it names no host/);
  assert.match(refusal("8/"), /it names no host/);
  assert.match(refusal("x/alice"), /what stands before \/ is neither @group nor a number of CPUs/);
  assert.match(refusal("@/alice"), /it names no group/);
  assert.match(refusal("server[01-03]"), /server\[01-03\] is not the name of a host/);
  assert.match(refusal("a;b"), /a;b is not the name of a host/);
  assert.match(refusal("alice:x"), /x is not a port/);
  assert.match(refusal("alice:0"), /0 is not a port/);
  assert.match(refusal("::1p99999"), /99999 is not a port/);
  assert.match(refusal('ssh "x bob'), /a quote is not closed/);
  assert.equal(refusal("u:secret@h"), "A password for u stands in the name of a host.");
});
