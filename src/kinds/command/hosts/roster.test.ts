import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "../../../options/values.ts";
import { watchRoster } from "./roster.ts";

function host(login: string): Host {
  return { login, host: login, command: ["ssh", login], cpus: 1, groups: [login], attributes: new Map() };
}

test("hosts that a file names later join, and those that it names no more leave", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const said: string[] = [];
  let now: Host[] | Error = [host("a"), host("b")];
  const read = (): readonly Host[] => {
    if (now instanceof Error) throw now;
    return now;
  };
  const roster = watchRoster([host("a"), host("b")], read, {
    onJoined: ({ login }) => said.push(`+${login}`),
    onLeft: ({ login }) => said.push(`-${login}`),
  });
  const after = (hosts: Host[] | Error): string[] => {
    now = hosts;
    context.mock.timers.tick(1000);
    return said.splice(0);
  };
  assert.deepEqual(after([host("a"), host("b")]), []);
  assert.deepEqual(after([host("b"), host("c")]), ["+c", "-a"]);
  assert.deepEqual(after([]), [], "a file that is empty is being written");
  assert.deepEqual(after(new Error("gone")), [], "so is one that is not there");
  assert.deepEqual(after([host("b"), host("c"), host("a")]), ["+a"]);
  roster.stop();
});
