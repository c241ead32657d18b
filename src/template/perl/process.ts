import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteString, bufferOf, bytesOf } from "../../bytes/bytes.ts";
import { startChild } from "../../child/start.ts";
import { makeTemporaryDirectory } from "../../directories.ts";
import { YonderError } from "../../interface/errors.ts";
import { perlProgram } from "./program.ts";

/** A perl that evaluates expressions, one after the other, while its caller waits. */
export interface PerlProcess {
  /** Sends a request that has no answer. */
  send(request: readonly ByteString[]): void;
  /** Sends a request and waits for its answer. */
  ask(request: readonly ByteString[]): readonly ByteString[];
}

/**
 * Starts perl with a pipe each way.
 *
 * A command line is rendered while the scheduler waits for it, so the exchange is synchronous, which the pipes of
 * child_process are not: these are FIFOs, unlinked as soon as both ends are open. Either side sees the end of its pipe
 * when the other is gone: perl exits with yonder, and yonder hears of a perl that died. Undefined without perl.
 */
export function startPerl(slots: number): PerlProcess | undefined {
  const directory = makeTemporaryDirectory(join(tmpdir(), "yonder-perl-"));
  try {
    const requests = join(directory, "requests");
    const answers = join(directory, "answers");
    if (spawnSync("mkfifo", ["-m", "600", requests, answers]).status !== 0) return undefined;
    const [requestsOut, requestsIn] = openBothEnds(requests);
    const [answersOut, answersIn] = openBothEnds(answers);
    const child = startChild("perl", ["-e", perlProgram], {
      stdio: ["ignore", "inherit", "inherit", requestsOut, answersIn],
      env: { ...process.env, YONDER_SLOTS: String(slots) },
    });
    child.unref();
    closeSync(requestsOut);
    closeSync(answersIn);
    if (child.pid === undefined) return undefined;
    const send = (request: readonly ByteString[]): void => writeMessage(requestsIn, request);
    return {
      send,
      ask(request) {
        send(request);
        return readMessage(answersOut);
      },
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A FIFO's end for reading and its end for writing. */
function openBothEnds(path: string): [out: number, into: number] {
  // Opening one end waits for the other; opening both at once does not.
  const both = openSync(path, constants.O_RDWR);
  const out = openSync(path, constants.O_RDONLY);
  const into = openSync(path, constants.O_WRONLY);
  closeSync(both);
  return [out, into];
}

function writeMessage(fd: number, strings: readonly ByteString[]): void {
  const message = bufferOf(framed(strings.map(framed).join("")));
  for (let at = 0; at < message.length; ) {
    try {
      at += writeSync(fd, message, at);
    } catch (cause) {
      throw gone(cause);
    }
  }
}

function framed(text: ByteString): ByteString {
  return String(text.length).padEnd(HEAD) + text;
}

function readMessage(fd: number): readonly ByteString[] {
  const body = readBytes(fd, Number(readBytes(fd, HEAD)));
  const strings: ByteString[] = [];
  for (let at = 0; at < body.length; ) {
    const length = Number(body.slice(at, at + HEAD));
    strings.push(body.slice(at + HEAD, at + HEAD + length));
    at += HEAD + length;
  }
  return strings;
}

function readBytes(fd: number, length: number): ByteString {
  const buffer = Buffer.allocUnsafe(length);
  for (let at = 0; at < length; ) {
    const count = readSync(fd, buffer, at, length - at, null);
    if (count === 0) throw gone();
    at += count;
  }
  return bytesOf(buffer);
}

function gone(cause?: unknown): YonderError {
  return new YonderError("TEMPLATE", {
    message: "the perl that evaluates expressions has ended",
    remedy: "an expression called exit or was killed: use skip() to leave a task out, die() to stop",
    cause,
  });
}

/** Digits of a length. */
const HEAD = 10;
