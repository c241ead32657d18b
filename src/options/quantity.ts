import type { ByteString } from "../bytes/bytes.ts";
import { SIZE_UNITS } from "../bytes/size.ts";

const SECOND_MS = 1000;
const TIME_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  h: 3600 * SECOND_MS,
  d: 86400 * SECOND_MS,
};

const DURATION = /^(?:\d+\.?\d*|\.\d+)$|^(?:(?:\d+\.?\d*|\.\d+)[smhd])+$/i;

/** Milliseconds of `10`, `1.5m`, `1d3.5h16.6m4s`; undefined where it is no duration. */
export function durationMs(text: ByteString): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit = "s"] of text.matchAll(/([\d.]+)([smhd])?/gi)) {
    ms += Number(number) * TIME_MS[unit.toLowerCase()]!;
  }
  return ms;
}

/** The number that `10`, `1.5k`, `1M-12*2.024*2k`, `-3` mean; undefined where it is none. */
export function quantity(text: ByteString): number | undefined {
  const tokens = text
    .match(/\s+|(?:\d+\.?\d*|\.\d+)[kmgtpKMGTP]?|./gs)
    ?.filter((token) => token.trim() !== "");
  if (!tokens) return undefined;
  const value = sum(tokens);
  return tokens.length === 0 && value !== undefined && Number.isFinite(value) ? value : undefined;
}

// A sum of products of signed numbers and parentheses; each function takes its part off the front of the tokens.

function sum(tokens: string[]): number | undefined {
  let value = product(tokens);
  while (value !== undefined && (tokens[0] === "+" || tokens[0] === "-")) {
    const sign = tokens.shift() === "+" ? 1 : -1;
    const next = product(tokens);
    value = next === undefined ? undefined : value + sign * next;
  }
  return value;
}

function product(tokens: string[]): number | undefined {
  let value = factor(tokens);
  while (value !== undefined && (tokens[0] === "*" || tokens[0] === "/")) {
    const divides = tokens.shift() === "/";
    const next = factor(tokens);
    if (next === undefined) return undefined;
    value = divides ? value / next : value * next;
  }
  return value;
}

function factor(tokens: string[]): number | undefined {
  const token = tokens.shift();
  if (token === undefined) return undefined;
  if (token === "-" || token === "+") {
    const value = factor(tokens);
    return value === undefined || token === "+" ? value : -value;
  }
  if (token === "(") {
    const value = sum(tokens);
    return tokens.shift() === ")" ? value : undefined;
  }
  if (!/^[\d.]/.test(token)) return undefined;
  const unit = SIZE_UNITS[token.at(-1)!];
  return unit === undefined ? Number(token) : Number(token.slice(0, -1)) * unit;
}
