import type { ByteString } from "../bytes/bytes.ts";
import { perlRegexp } from "../bytes/perl-regexp.ts";
import { ofValue } from "./expression.ts";
import type { Tag } from "./tag-makers.ts";

/** The replacement strings of --plus that hold a text of their own, like bash's parameter expansions. */
export function plusDynamicTags(): readonly Tag[] {
  return [
    dynamic("{:-([^}]+?)}", (text) => (value) => (value === "" || value === "0" ? text : value)),
    dynamic("{:(\\d+?)}", (from) => (value) => value.slice(Number(from))),
    dynamic("{:(\\d+?):(\\d+?)}", (from, length) => (value) => {
      return value.slice(Number(from), Number(from) + Number(length));
    }),
    dynamic("{#([^#}][^}]*?)}", (prefix) => replace(`^${ungreedy(prefix)}(.*)`, "", lastGroup)),
    dynamic("{##([^#}][^}]*?)}", (prefix) => replace(`^${prefix}`, "", nothing)),
    dynamic("{%([^}]+?)}", (suffix) => replace(`(.*)${ungreedy(suffix)}$`, "", firstGroup)),
    dynamic("{%%([^}]+?)}", (suffix) => replace(`${suffix}$`, "", nothing)),
    dynamic("{/([^}]+?)/([^}]*?)}", (pattern, text) => replace(pattern, "", () => text)),
    dynamic("{//([^}]+?)/([^}]*?)}", (pattern, text) => replace(pattern, "g", () => text)),
    dynamic("{^([^}]+?)}", (pattern) => replace(`^(${pattern})`, "", upper)),
    dynamic("{^^([^}]+?)}", (pattern) => replace(`(${pattern})`, "g", upper)),
    dynamic("{,([^}]+?)}", (pattern) => replace(`^(${pattern})`, "", lower)),
    dynamic("{,,([^}]+?)}", (pattern) => replace(`(${pattern})`, "g", lower)),
  ];
}

type Change = (value: ByteString) => ByteString;

function dynamic(text: ByteString, change: (first: ByteString, second: ByteString) => Change): Tag {
  return { text, position: 0, expression: ([first = "", second = ""]) => ofValue(change(first, second)) };
}

type Groups = readonly (ByteString | undefined)[];

/** s/pattern/.../ in perl; `by` gets the whole match and the groups. */
function replace(pattern: ByteString, flags: "" | "g", by: (match: Groups) => ByteString): Change {
  const regexp = perlRegexp(pattern, flags);
  return (value) => value.replace(regexp, (...match) => by(match.slice(0, match.findIndex(isOffset))));
}

/** What String.replace hands on ends with the offset, the whole value and perhaps the named groups. */
const isOffset = (item: unknown): boolean => typeof item === "number";

const nothing = (): ByteString => "";
const firstGroup = (match: Groups): ByteString => match[1] ?? "";
const lastGroup = (match: Groups): ByteString => match.at(-1) ?? "";
const upper = ([match]: Groups): ByteString => (match ?? "").replace(/[a-z]/g, (char) => char.toUpperCase());
const lower = ([match]: Groups): ByteString => (match ?? "").replace(/[A-Z]/g, (char) => char.toLowerCase());

/** The same regular expression with every quantifier lazy; ? stays, as in GNU parallel. */
function ungreedy(pattern: ByteString): ByteString {
  return pattern.replace(
    /(\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\])|([*+}])\??/g,
    (_match, literal?: ByteString, quantifier?: ByteString) => literal ?? quantifier + "?",
  );
}
