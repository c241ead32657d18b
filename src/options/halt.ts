import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Halt } from "./values.ts";

/** The forms of old versions. */
const OLD: Readonly<Record<string, Halt>> = {
  "0": { when: "never" },
  "1": { when: "soon", what: "fail", count: 1 },
  "2": { when: "now", what: "fail", count: 1 },
  "-1": { when: "soon", what: "success", count: 1 },
  "-2": { when: "now", what: "success", count: 1 },
};

/** --halt: never, or when,what=N or N%. The messages are GNU parallel's. */
export function parseHalt(text: ByteString): Halt {
  const old = OLD[text];
  if (old) return old;
  const percent = /^(\d+)%$/.exec(text)?.[1];
  if (percent !== undefined) return { when: "soon", what: "fail", percent: Number(percent) };
  const [when, rest = ""] = text.split(",", 2) as [ByteString, ByteString?];
  if (when === "never") return { when };
  if (when !== "soon" && when !== "now") refuse("--halt must have 'never', 'soon', or 'now'.");
  const [what, amount = ""] = rest.split("=", 2) as [ByteString, ByteString?];
  if (what !== "fail" && what !== "success" && what !== "done") {
    refuse(`--halt ${when} must be followed by ,success or ,fail.`);
  }
  const [, number, sign] = /^(\d+)(%?)$/.exec(amount) ?? [];
  if (number === undefined) refuse(`--halt ${when},${what} must be followed by ,number or ,percent%.`);
  return sign ? { when, what, percent: Number(number) } : { when, what, count: Number(number) };
}

function refuse(message: string): never {
  throw new YonderError("USAGE", { message });
}
