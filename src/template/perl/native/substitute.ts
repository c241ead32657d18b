import type { ByteString } from "../../../bytes/bytes.ts";
import { perlRegexp } from "../../../bytes/perl-regexp.ts";
import { refuse } from "./cursor.ts";
import { type Environment, type Run, toText, truth } from "./values.ts";

/** s/pattern/replacement/ on $_: the number of replacements, or "" for none; with /r the new text. */
export function substitution(pattern: RegExp, replacement: Run, keep: boolean): Run {
  return (environment) => {
    const before = toText(environment.topic);
    let count = 0;
    const after = before.replace(pattern, (...found) => {
      count++;
      environment.match = groupsOf(found);
      return toText(replacement(environment));
    });
    if (keep) return after;
    if (count > 0) environment.topic = after;
    return count === 0 ? "" : count;
  };
}

/** /pattern/ on a value. */
export function match(pattern: RegExp, value: Run): Run {
  return (environment: Environment) => {
    const found = pattern.exec(toText(value(environment)));
    if (found !== null) environment.match = found;
    return truth(found !== null);
  };
}

/**
 * A pattern, where it means the same in both languages: no variables but the groups of a dynamic replacement string, no
 * back references, and no repeated groups where the code looks at groups (perl keeps what they last held).
 */
export function patternOf(body: ByteString, flags: ByteString, source: PatternSource): RegExp {
  const text = body.replace(OWN_GROUP, (_match, number) => source.groups[Number(number) - 1] ?? "");
  if (body === "" || text === "" || VARIABLE.test(body.replace(OWN_GROUP, ""))) refuse();
  if (/\\[1-9gkUuLlE]/.test(text)) refuse();
  if (/\)[*+{?]/.test(text) && /\$[\d&]/.test(source.text.replace(OWN_GROUP, ""))) refuse();
  try {
    return perlRegexp(text, flags);
  } catch {
    // Perl's own words for what is wrong are the ones to show.
    return refuse();
  }
}

interface PatternSource {
  readonly text: ByteString;
  /** What $$1, $$2 stand for. */
  readonly groups: readonly ByteString[];
}

const OWN_GROUP = /\$\$(\d+)/g;
const VARIABLE = /(?<!\\)(?:\\\\)*(?:\$(?![)|]|$)|@[\w{$:])/;

/** What String.replace hands to its function, up to the groups. */
function groupsOf(found: readonly unknown[]): readonly (ByteString | undefined)[] {
  const end = found.findIndex((item) => typeof item === "number");
  return found.slice(0, end) as readonly (ByteString | undefined)[];
}
