import { constants } from "node:os";
import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { TermSequence } from "./values.ts";

export const DEFAULT_TERM_SEQ: TermSequence = [
  ["SIGTERM", 200],
  ["SIGTERM", 100],
  ["SIGTERM", 50],
  ["SIGKILL", 25],
];

/** --term-seq: SIGNAL,MS,SIGNAL,MS ...; signals by name or number, the last time may be left out. */
export function parseTermSeq(text: ByteString): TermSequence {
  const parts = text.split(",");
  const sequence: (readonly [NodeJS.Signals, number])[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const wait = parts[i + 1] ?? "0";
    if (!/^\d+(?:\.\d+)?$/.test(wait)) refuse(`--term-seq: ${wait} is no time in milliseconds.`);
    sequence.push([signalNamed(parts[i]!), Number(wait)]);
  }
  return sequence;
}

function signalNamed(text: ByteString): NodeJS.Signals {
  const upper = text.toUpperCase();
  const name = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  for (const [signal, number] of Object.entries(constants.signals)) {
    if (signal === name || String(number) === text) return signal as NodeJS.Signals;
  }
  return refuse(`--term-seq: ${text} is no signal.`);
}

function refuse(message: string): never {
  throw new YonderError("USAGE", { message, remedy: "write it like TERM,200,KILL,25" });
}
