import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFacts } from "../../launch/ssh/facts/parse-facts.ts";
import type { CommandIo } from "../commands/io.ts";
import { openBoard } from "./board.ts";
import { hostTable } from "./host-table.ts";
import { type HostReport, reportJson, warningsOf } from "./report.ts";

const SAID = `@began
1000000.000000000
@threads
16
@meminfo
MemTotal:       65732160 kB
MemAvailable:     609280 kB
@loadavg
12.34 0 0 3/136 25912
@homeDisk
/home/alice
Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/vda         264212084 16243504  79257760      18% /
@tmpDisk
/tmp
Filesystem     1024-blocks     Used Available Capacity Mounted on
tmpfs                 1000      990        10      99% /tmp
@rsync
/usr/bin/rsync
@rsync.version
rsync  version 3.2.7  protocol version 31
@node
/usr/bin/node
@ended
1000000.000000000
`;
const facts = parseFacts(SAID, { sentMs: 1_000_003_190, receivedMs: 1_000_003_210 });
const alice: HostReport = { type: "ok", name: "alice", loginMs: 132.4, facts };
const bob: HostReport = {
  type: "failed",
  name: "bob",
  reason: `ssh: Could not resolve hostname ${"x".repeat(100)}`,
  remedy: "try by hand: ssh bob true",
};

test("a line says what a host has, and what it does not tell", () => {
  const table = hostTable(["alice", "bob"], undefined);
  assert.equal(
    `${table.head}\n${table.row(alice)}\n`,
    `HOST           LOGIN  SHELL    CPUS   LOAD  SPEED          MEMORY FREE  DISK FREE      CLOCK  RSYNC   NODE       PERL
alice  ok     132 ms  ?          16   12.3      ?  595.0 MiB of 62.7 GiB   75.6 GiB     -3.2 s  3.2.7   yes        none
`,
  );
  assert.equal(table.row(bob), `bob    fail  ${bob.type === "failed" && bob.reason}`);
});

test("lines are as wide as the terminal at most; the CPUs and the memory are left out last", () => {
  for (const columns of [20, 40, 60, 80, 100, 200]) {
    const table = hostTable(["alice", "bob"], columns);
    for (const line of [table.head, table.row(alice), table.row(bob), table.pending("bob")]) {
      assert.ok(line.length <= columns, `${columns}: ${line}`);
    }
  }
  assert.match(hostTable(["alice"], 80).head, /^HOST +LOGIN +CPUS +LOAD +MEMORY FREE +DISK FREE +CLOCK$/);
  assert.match(hostTable(["alice"], 45).head, /^HOST +CPUS +MEMORY FREE$/);
});

test("warnings: a clock that is beyond doubt wrong, and a disk that is full", () => {
  assert.deepEqual(
    warningsOf(facts).map((text) => text.split(":")[0]),
    ["its clock is 3.2 s behind ours", "only 10.0 KiB are free in /tmp"],
  );
  const doubtful = { ...facts, tmpDisk: undefined, clock: { offsetMs: 1400, uncertaintyMs: 500 } };
  assert.deepEqual(warningsOf(doubtful), []);
});

test("JSON leaves out what a host does not tell", () => {
  const json = JSON.parse(JSON.stringify(reportJson(alice))) as Record<string, unknown>;
  assert.deepEqual([json["host"], json["ok"], json["loginMs"]], ["alice", true, 132]);
  assert.deepEqual(json["cpus"], { threads: 16 });
  assert.ok(!("shell" in json));
  assert.deepEqual(json["tools"], {
    rsync: { path: "/usr/bin/rsync", version: "3.2.7" },
    node: { path: "/usr/bin/node" },
  });
});

function boardOn(terminal: { columns: number | undefined; rows?: number; term?: string }): {
  show(index: number, line: string): void;
  written(): string;
} {
  let written = "";
  const io: CommandIo = {
    env: { TERM: terminal.term ?? "xterm" },
    write: (content) => void (written += content),
    writeError() {},
    note() {},
    columns: terminal.columns,
    rows: terminal.rows,
    nowMs: Date.now,
  };
  const board = openBoard(["a ...", "b ...", "c ..."], io);
  return { ...board, written: () => written };
}

/** What a terminal shows after all of it: the cursor goes up and down, and lines are erased. */
function screen(written: string): string[] {
  const lines: string[] = [""];
  let at = 0;
  for (const [part, count = "", motion] of written.matchAll(/\x1b\[(\d*)([ABK])|\r|\n|[^\x1b\r\n]+/g)) {
    if (motion === "A") at -= Number(count);
    else if (motion === "B") at += Number(count);
    else if (motion === "K") lines[at] = "";
    else if (part === "\n") lines[++at] ??= "";
    else if (part !== "\r") lines[at] += part;
  }
  return lines.slice(0, at);
}

test("on a terminal each line is filled in at its place as soon as it is known", () => {
  const board = boardOn({ columns: 80, rows: 24 });
  board.show(2, "c done");
  assert.deepEqual(screen(board.written()), ["a ...", "b ...", "c done"]);
  board.show(0, "a done");
  assert.deepEqual(screen(board.written()), ["a done", "b ...", "c done"]);
  board.show(1, "b done");
  assert.deepEqual(screen(board.written()), ["a done", "b done", "c done"]);
});

test("in a pipe, on a terminal that is too small or too plain, a line waits for those before it", () => {
  for (const terminal of [
    { columns: undefined },
    { columns: 80, rows: 3 },
    { columns: 80, rows: 24, term: "dumb" },
  ]) {
    const board = boardOn(terminal);
    board.show(1, "b done");
    assert.equal(board.written(), "");
    board.show(0, "a done");
    assert.equal(board.written(), "a done\nb done\n");
    board.show(2, "c done");
    assert.equal(board.written(), "a done\nb done\nc done\n");
  }
});
