import type { ByteString } from "../../../bytes/bytes.ts";
import type { Scope } from "../../scope.ts";
import { refuse } from "./cursor.ts";

/** A perl scalar: bytes, or a number that perl prints as JavaScript does (see sure). */
export type Value = ByteString | number;

/** One evaluation. */
export interface Environment {
  /** $_ */
  topic: Value;
  readonly scope: Scope;
  /** The last successful match: $& and the groups. */
  match: readonly (ByteString | undefined)[] | undefined;
}

export type Run = (environment: Environment) => Value;

/**
 * Refuses every number that the two languages could show differently: integers beyond perl's 15 digits, small ones that
 * perl writes with an exponent, infinities, minus zero.
 */
export function sure(number: number): number {
  const size = Math.abs(number);
  if (!(size < 1e15) || (size < 1e-4 && size !== 0) || Object.is(number, -0)) refuse();
  return number;
}

export function toText(value: Value): ByteString {
  if (typeof value === "string") return value;
  // %.15g
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(15)));
}

/** As much of a string as is a number; 0 where it does not begin with one. */
export function toNumber(value: Value): number {
  if (typeof value === "number") return value;
  const match = /^[ \t\n\r\f]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(value);
  if (match !== null) return sure(Number(match[1]));
  if (/^\s*[+-]?(?:inf|nan)/i.test(value)) refuse();
  return 0;
}

export function isTrue(value: Value): boolean {
  return value !== "" && value !== "0" && value !== 0;
}

/** What perl's comparisons give. */
export function truth(condition: boolean): Value {
  return condition ? 1 : "";
}

/** Perl's ++: "az" becomes "ba", "Zz" "AAa" and "09" "10"; what is not letters and then digits is a number. */
export function increment(value: Value): Value {
  if (typeof value !== "string" || !/^(?=.)[A-Za-z]*\d*$/.test(value)) return sure(toNumber(value) + 1);
  const chars = [...value];
  for (let at = chars.length - 1; at >= 0; at--) {
    const char = chars[at]!;
    const wrapped = WRAPS[char];
    if (wrapped === undefined) {
      chars[at] = String.fromCharCode(char.charCodeAt(0) + 1);
      return chars.join("");
    }
    chars[at] = wrapped;
  }
  const first = chars[0]!;
  return (first === "0" ? "1" : first) + chars.join("");
}

const WRAPS: { readonly [char: string]: string | undefined } = { z: "a", Z: "A", 9: "0" };
