import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { openSink } from "./sink.ts";
import type { Sink, SinkOptions, SinkTask } from "./sink-types.ts";

/** A sink in a scratch directory, whose descriptors 1 and 2 are files that the test reads. */
export interface TestSink extends Disposable {
  readonly sink: Sink;
  readonly directory: string;
  /** Holds the captures, as SEQ.ATTEMPT.out and .err. */
  readonly captures: string;
  readonly errors: string[];
  /** Starts a task that writes this at once, and leaves it running. */
  start(seq: number, output: { out?: ByteString; err?: ByteString; task?: Partial<SinkTask> }): void;
  end(seq: number, end?: { exitCode?: number; signal?: number; keep?: boolean }): void;
  run(seq: number, out: ByteString, err?: ByteString): void;
  read(path: string): ByteString;
  shown(): Promise<{ out: ByteString; err: ByteString }>;
}

export function testSink(options: Partial<SinkOptions> = {}): TestSink {
  const directory = mkdtempSync(join(tmpdir(), "yonder-test-"));
  const stdout = openSync(join(directory, "1"), "a");
  const stderr = openSync(join(directory, "2"), "a");
  const captures = join(directory, "captures");
  mkdirSync(captures);
  const errors: string[] = [];
  const sink = openSink({
    grouping: "group",
    keepOrder: false,
    tmpdir: directory,
    captureDirectory: captures,
    stdout,
    stderr,
    onClosed: (fd) => errors.push(`closed ${fd}`),
    onError: (error) => errors.push(error.message),
    ...options,
  });
  const start: TestSink["start"] = (seq, { out = "", err = "", task }) => {
    const spec = sink.started({
      seq,
      slot: 1,
      attempt: 1,
      command: `job ${seq}`,
      rows: [[`${seq}`]],
      ...task,
    });
    if (spec.type !== "files") return;
    writeFileSync(bufferOf(spec.stdout), bufferOf(out), { flag: "wx" });
    writeFileSync(bufferOf(spec.stderr), bufferOf(err), { flag: "wx" });
  };
  const end: TestSink["end"] = (seq, given = {}) =>
    sink.ended(seq, { exitCode: 0, signal: 0, startMs: 1000, endMs: 1250, keep: true, ...given });

  return {
    sink,
    directory,
    captures,
    errors,
    start,
    end,
    run: (seq, out, err = "") => {
      start(seq, { out, err });
      end(seq);
    },
    read: (path) => readFileSync(path, "latin1"),
    shown: async () => {
      await sink.flush();
      return {
        out: readFileSync(join(directory, "1"), "latin1"),
        err: readFileSync(join(directory, "2"), "latin1"),
      };
    },
    [Symbol.dispose]: () => {
      closeSync(stdout);
      closeSync(stderr);
      rmSync(directory, { recursive: true });
    },
  };
}
