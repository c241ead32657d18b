import { type ByteString, encodeText } from "../../bytes/bytes.ts";
import type { Outcome } from "../../core/events.ts";
import type { JobState } from "../../core/step.ts";
import type { Slice } from "../../driver/kind.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Call, SessionFunction } from "./call.ts";
import { callOfRef, Ref } from "./ref.ts";
import { PROCESSES, WAITERS } from "./task-class.ts";

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

/** An error in a line. */
export function shortError(error: Error): string {
  return `${error instanceof YonderError ? error.code : error.name}: ${error.message}`;
}

/** A call in a timeline: in the track of its slot, or of all calls of actors. */
export function sliceOf(state: JobState, call: Call, outcome: Outcome | undefined): Slice {
  const { seq: task, attempt, error } = call;
  const isShown = outcome?.type !== "succeeded" && error !== undefined;
  return {
    ...trackOf(state, call),
    name: call.fn.name,
    args: { task, attempt, call: callText(call), ...(isShown && { error: error.message }) },
  };
}

function trackOf(state: JobState, { doer, class: ofClass, slot }: Call): Pick<Slice, "group" | "slot"> {
  if (doer !== undefined) return { group: "actors", slot: 0 };
  const { pool } = state.classes[ofClass]!.spec;
  return { group: pool === PROCESSES ? "process" : pool === WAITERS ? "waiter" : "thread", slot };
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
    const { seq: task } = callOfRef(value);
    return task === 0 ? "a value that was put" : `task ${task}`;
  }
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  if (Array.isArray(value)) return `Array(${value.length})`;
  if (ArrayBuffer.isView(value)) return `${name}(${(value as Uint8Array).length ?? value.byteLength})`;
  return typeof name === "string" && name !== "Object" ? name : "{…}";
}
