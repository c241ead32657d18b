import { readFileSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf, isAscii, isText } from "../bytes/bytes.ts";
import { isTextFile } from "../bytes/text-file.ts";
import { roundedMs } from "../clock.ts";
import type { Transform } from "./parts.ts";
import type { Show, ShowOptions } from "./show.ts";
import { type Ended, outcomeOf } from "./task.ts";
import type { Writer } from "./writer-types.ts";

/** A larger output goes through in chunks. */
const WHOLE_BYTES_MAX = 64 * 1024;

/**
 * --json: a line for each task, in the words of `yonder logs --json`. Outputs are as they were written, without tags;
 * bytes that are no UTF-8 are `{"base64": "…"}`.
 */
export function jsonShow({ stdout, files = false }: ShowOptions, writer: Writer): Show {
  return {
    keepsStdout: files,
    keepsStderr: false,
    started: () => {},
    ended: (ended, sizes) => {
      writer.bytes(stdout, factsOf(ended));
      if (files && ended.place !== undefined) field("outputPath", ended.place.stdout);
      else output("stdout", ended.place?.stdout, sizes.stdout);
      output("stderr", ended.place?.stderr, sizes.stderr);
      writer.bytes(stdout, "}\n");
    },
  };

  function field(name: string, value: ByteString): void {
    writer.bytes(stdout, `,"${name}":${jsonOf(value)}`);
  }

  function output(name: string, path: ByteString | undefined, size: number): void {
    if (path === undefined || size === 0) return field(name, "");
    if (size <= WHOLE_BYTES_MAX) return field(name, bytesOf(readFileSync(bufferOf(path))));
    const isUtf8 = isTextFile(path);
    writer.bytes(stdout, `,"${name}":${isUtf8 ? '"' : '{"base64":"'}`);
    writer.file(stdout, path, { to: size, transform: isUtf8 ? escaped : base64() });
    writer.bytes(stdout, isUtf8 ? '"' : '"}');
  }
}

/** All but the outputs, and without the bracket at the end. */
function factsOf({ task, end }: Ended): ByteString {
  const facts = {
    task: task.seq,
    outcome: outcomeOf(end),
    exitCode: end.exitCode,
    signal: end.signal,
    startedMs: roundedMs(end.startMs),
    endedMs: roundedMs(end.endMs),
    host: end.host,
    sentBytes: end.sendBytes || undefined,
    returnedBytes: end.returnBytes || undefined,
    reused: end.reused,
  };
  const tag = task.tag === undefined ? "" : `,"tag":${jsonOf(task.tag)}`;
  const values = task.rows.flat().map(jsonOf).join(",");
  return `${JSON.stringify(facts).slice(0, -1)}${tag},"command":${jsonOf(task.command)},"values":[${values}]`;
}

/** Bytes that are UTF-8 stay as they are. */
function jsonOf(bytes: ByteString): ByteString {
  if (isAscii(bytes) || isText(bytes)) return JSON.stringify(bytes);
  return `{"base64":"${bufferOf(bytes).toString("base64")}"}`;
}

const escaped: Transform = (chunk) => JSON.stringify(chunk).slice(1, -1);

/** In threes of bytes, so that nothing but the end is filled up. */
function base64(): Transform {
  let rest = "";
  return (chunk, last) => {
    const bytes = rest + chunk;
    const whole = last ? bytes.length : bytes.length - (bytes.length % 3);
    rest = bytes.slice(whole);
    return bufferOf(bytes.slice(0, whole)).toString("base64");
  };
}
