import type { ByteString } from "../../../bytes/bytes.ts";
import { refuse } from "./cursor.ts";
import { toNumber, toText, type Value } from "./values.ts";

/** sprintf with the conversions s d i u x X o f %, flags - 0 +, width and precision; the others are refused. */
export function format(template: ByteString, values: readonly Value[]): ByteString {
  let next = 0;
  const text = template.replace(
    /%([-0+]*)(\d*)(?:\.(\d+))?([\s\S]?)/g,
    (_match, flags, width, digits, kind) => {
      if (kind === "%") return flags + width === "" && digits === undefined ? "%" : refuse();
      if (kind === "s" && /[0+]/.test(flags)) refuse();
      const value = values[next++] ?? refuse();
      const converted = convert(kind, value, digits === undefined ? undefined : Number(digits));
      return padded(converted, flags, Number(width), kind);
    },
  );
  return next === values.length ? text : refuse();
}

function convert(kind: ByteString, value: Value, digits: number | undefined): ByteString {
  if (kind === "s") return toText(value).slice(0, digits);
  if (kind === "f") return fixed(toNumber(value), digits ?? 6);
  if (digits !== undefined) refuse();
  const number = Math.trunc(toNumber(value)) + 0;
  if (kind === "d" || kind === "i") return String(number);
  if (number < 0) refuse();
  if (kind === "u") return String(number);
  if (kind === "o") return number.toString(8);
  if (kind === "x") return number.toString(16);
  return kind === "X" ? number.toString(16).toUpperCase() : refuse();
}

/** C rounds halves to even, toFixed away from zero: a half is for perl. */
function fixed(number: number, digits: number): ByteString {
  if (digits > 15 || Math.abs((number * 10 ** digits) % 1) === 0.5) refuse();
  return number.toFixed(digits);
}

function padded(text: ByteString, flags: ByteString, width: number, kind: ByteString): ByteString {
  const number = kind !== "s";
  const sign = number && text.startsWith("-") ? "-" : number && flags.includes("+") ? plus(kind) : "";
  const body = number && text.startsWith("-") ? text.slice(1) : text;
  if (flags.includes("-")) return (sign + body).padEnd(width);
  if (flags.includes("0")) return sign + body.padStart(width - sign.length, "0");
  return (sign + body).padStart(width);
}

function plus(kind: ByteString): ByteString {
  return "dif".includes(kind) ? "+" : "";
}
