import { type ByteString, encodeText } from "../../bytes/bytes.ts";
import type { Call, SessionFunction } from "../call.ts";
import { callOfRef, Ref } from "../ref.ts";

const ARGS_MAX = 4;
const STRING_MAX = 24;

/** A task as a person would write it down: `thumbnail(Uint8Array(51200), 128)`. Looks into no argument. */
export function callText({ fn, args }: Call): string {
  const shown = args.slice(0, ARGS_MAX).map(shortly);
  if (args.length > ARGS_MAX) shown.push("…");
  return `${fn.name}(${shown.join(", ")})`;
}

export function callCommand(call: Call): ByteString {
  return encodeText(callText(call));
}

/** Any call of the function. */
export function anyCommand(fn: SessionFunction): ByteString {
  return encodeText(`${fn.name}(…)`);
}

function shortly(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > STRING_MAX ? `${value.slice(0, STRING_MAX - 1)}…` : value);
    case "bigint":
      return value < 10n ** 20n && value > -(10n ** 20n) ? `${value}n` : "…n";
    case "object":
      return value === null ? "null" : objectText(value);
    case "function":
    case "symbol":
      return typeof value;
    default:
      return String(value);
  }
}

function objectText(value: object): string {
  if (value instanceof Ref) {
    const { task } = callOfRef(value);
    return task === 0 ? "a value that was put" : `task ${task}`;
  }
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (Array.isArray(value)) return `Array(${value.length})`;
  if (ArrayBuffer.isView(value)) return `${name}(${(value as Uint8Array).length ?? value.byteLength})`;
  return typeof name === "string" && name !== "Object" ? name : "{…}";
}
