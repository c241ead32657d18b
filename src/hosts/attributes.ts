import { type ByteString, decodeText } from "../bytes/bytes.ts";
import { numberOrSize } from "../bytes/size.ts";
import { YonderError } from "../interface/errors.ts";

/** A label is `true`; sizes are bytes. */
export type AttributeValue = ByteString | number | boolean;

/** What is known of a host, by names as `attributeName` gives them. */
export type Attributes = ReadonlyMap<ByteString, AttributeValue>;

export const NO_ATTRIBUTES: Attributes = new Map();

const SHORT_NAMES: Readonly<Record<string, ByteString>> = { mem: "memory", cpus: "cores" };

/** Some attributes have two names. */
export function attributeName(name: ByteString): ByteString {
  return Object.hasOwn(SHORT_NAMES, name) ? SHORT_NAMES[name]! : name;
}

/** `64G` and `12` are numbers, `true` and `false` truth values, everything else is text. */
export function attributeValue(text: ByteString): AttributeValue {
  if (text === "true" || text === "false") return text === "true";
  return numberOrSize(text) ?? text;
}

export type Attribute = readonly [name: ByteString, value: AttributeValue];

/**
 * An attribute as somebody has written it; true for a label.
 *
 * @throws YonderError INPUT where --where could not ask for it, or where it makes no sense
 */
export function attribute(written: ByteString, value: AttributeValue): Attribute {
  if (!NAME.test(written) || WORD.test(written)) {
    throw new YonderError("INPUT", {
      message: `"${decodeText(written)}" cannot be the name of a label or attribute.`,
      remedy: "use a word of letters, digits, _, . and -, which is none of and, or, not",
    });
  }
  const name = attributeName(written);
  if (name === "cores" && !(Number.isSafeInteger(value) && Number(value) >= 0)) {
    throw new YonderError("INPUT", { message: `${decodeText(written)} must be a number of CPUs.` });
  }
  return [name, value];
}

/** Nothing that means something in a condition, or in `@group+group/login`. */
const NAME = /^[^\s()<>=!"'+/@,-][^\s()<>=!"'+/@,]*$/;
const WORD = /^(?:and|or|not)$/i;
