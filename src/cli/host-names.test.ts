import assert from "node:assert/strict";
import { test } from "node:test";
import { hostNames } from "./host-names.ts";

test("names of ssh's files and of the nearest yonder.toml, patterns and hashes left out", () => {
  const files = new Map([
    ["/home/a/.ssh/config", "Host alice bob\n  User x\nHost *.lan !no\n\tHost=carol\n"],
    [
      "/home/a/.ssh/known_hosts",
      "dave,10.0.0.1 ssh-ed25519 AA\n|1|hash|x ssh-rsa AA\n[eve]:2222 ssh-rsa AA\n",
    ],
    ["/work/yonder.toml", '[hosts.frank]\nlogin = "f"\nlabels = ["gpu", "big"]\n[hosts."g.h"]\n'],
    ["/home/a/.config/yonder/yonder.toml", "[hosts.unseen]\n"],
  ]);
  assert.deepEqual(
    hostNames({ HOME: "/home/a" }, "/work/deep", (path) => files.get(path)),
    ["alice", "bob", "carol", "dave", "10.0.0.1", "frank", "g.h", "gpu", "big"],
  );
  assert.deepEqual(
    hostNames({ HOME: "/home/b" }, "/", (path) => files.get(path)),
    [],
  );
});
