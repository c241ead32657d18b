import type { ByteString } from "../bytes/bytes.ts";
import type { Amount } from "./values.ts";

/** --jobs: `8`, `0`, `+2`, `-1`, `50%`; undefined for anything else, which may be the name of a file with one of these. */
export function parseAmount(text: ByteString): Amount | undefined {
  const [, sign, count, percent] = /^([+-]?)(\d+)$|^(\d+(?:\.\d+)?)%$/.exec(text) ?? [];
  if (percent !== undefined) return { type: "percent", percent: Number(percent) };
  if (count === undefined) return undefined;
  if (sign) return { type: sign === "+" ? "plus" : "minus", count: Number(count) };
  return Number(count) === 0 ? { type: "max" } : { type: "count", count: Number(count) };
}

/** --load: as --jobs, and fractions; 0 means 0.01, so that an idle machine starts a job. */
export function parseLoad(text: ByteString): Amount | undefined {
  if (!/^(?:\d+\.?\d*|\.\d+)$/.test(text)) return parseAmount(text);
  return { type: "count", count: Number(text) || 0.01 };
}
