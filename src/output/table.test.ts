import assert from "node:assert/strict";
import { test } from "node:test";
import type { SinkOptions } from "./sink-types.ts";
import { type TestSink, testSink } from "./testing.ts";

const HEADER = "Seq,Host,Starttime,JobRuntime,Send,Receive,Exitval,Signal,Command";

function tableSink(format: "csv" | "tsv" | "json", options: Partial<SinkOptions> = {}): TestSink {
  return testSink({ results: { type: "table", format, path: "-" }, ...options });
}

test("csv quotes blanks, commas, quotes and newlines", async () => {
  using t = tableSink("csv");
  t.start(1, { out: 'a "b"\n', err: "", task: { command: "echo 'c,d'", rows: [["c,d", "x;y"]] } });
  t.end(1, { exitCode: 2 });
  assert.equal(
    (await t.shown()).out,
    `${HEADER},V1,V2,Stdout,Stderr\n1,:,1.000,0.250,0,6,2,0,"echo 'c,d'","c,d",x;y,"a ""b""\n",\n`,
  );
});

test("tsv quotes tabs, but no commas", async () => {
  using t = tableSink("tsv");
  t.start(1, { out: "x\ty", err: "a,b", task: { command: "job", rows: [["v"]] } });
  t.end(1);
  const row = (await t.shown()).out.split("\n")[1];
  assert.equal(row, '1\t:\t1.000\t0.250\t0\t3\t0\t0\tjob\tv\t"x\ty"\ta,b');
});

test("json escapes control characters and leaves other bytes", async () => {
  using t = tableSink("json");
  t.start(1, { out: '\x00\xff"\\/\n', task: { command: "job", rows: [["a", "b"]] } });
  t.end(1);
  assert.equal(
    (await t.shown()).out,
    '{ "Seq": 1, "Host": ":", "Starttime": 1.000, "JobRuntime": 0.250, "Send": 0, "Receive": 6, "Exitval": 0, ' +
      '"Signal": 0, "Command": "job", "V": [ "a","b" ], "Stdout": "\\u0000\xff\\"\\\\/\\u000a", "Stderr": "" }\n',
  );
});

test("a large output goes through in chunks", async () => {
  using t = tableSink("csv", { keepOrder: true });
  const out = 'say "x"\n'.repeat(100_000);
  t.start(1, { out, task: { command: "job", rows: [], tag: "T" } });
  t.end(1);
  const expected = out.replaceAll('"', '""').replaceAll("say", "T\tsay");
  assert.equal(
    (await t.shown()).out,
    `${HEADER},Stdout,Stderr\n1,:,1.000,0.250,0,800000,0,0,job,"${expected}",\n`,
  );
});

test("columns have the names of the input's header", async () => {
  using t = testSink({ results: { type: "table", format: "csv", path: "-", columnNames: ["x", "y"] } });
  t.start(1, { task: { rows: [["1", "2"]] } });
  t.end(1);
  assert.ok((await t.shown()).out.startsWith(`${HEADER},x,y,Stdout,Stderr\n`));
});
