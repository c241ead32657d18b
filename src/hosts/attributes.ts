import type { ByteString } from "../bytes/bytes.ts";
import { numberOrSize } from "../bytes/size.ts";

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
