import type { ByteString } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Given } from "../given.ts";
import { durationMs, quantity } from "../quantity.ts";

/** The value of an option as a whole number of at least `min`; undefined where it was not given. */
export function countOf(given: Given, name: string, min: number): number | undefined {
  const text = given.last(name);
  return text === undefined ? undefined : countIn(text, name, min);
}

/** The number that the text means, as the value of an option. */
export function countIn(text: ByteString, name: string, min: number): number {
  const value = quantity(text);
  if (value === undefined || Math.floor(value) < min) {
    refuse(name, text, `a number from ${min} on, like 10 or 2k`);
  }
  return Math.floor(value);
}

/** The value of an option as a number of bytes; may be negative only where `min` is. */
export function bytesOf(given: Given, name: string, min: number): number | undefined {
  const text = given.last(name);
  if (text === undefined) return undefined;
  const value = quantity(text);
  if (value === undefined || value < min) refuse(name, text, "a size, like 500, 10k or 1.5G");
  return Math.trunc(value);
}

export function durationOf(given: Given, name: string): number | undefined {
  const text = given.last(name);
  if (text === undefined) return undefined;
  return durationMs(text) ?? refuse(name, text, "a time, like 10, 1.5m or 2h30m");
}

export function refuse(name: string, value: string, wanted: string): never {
  throw new YonderError("USAGE", { message: `--${name} '${value}' must be ${wanted}.` });
}
