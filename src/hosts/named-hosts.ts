import { parse, TomlError } from "smol-toml";
import { type ByteString, decodeText, encodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { type Attribute, attribute, attributeValue } from "./attributes.ts";
import { described, type Host } from "./host.ts";
import { type LoginWorld, parseHost } from "./login.ts";

/** Hosts by their names in a yonder.toml. */
export type NamedHosts = ReadonlyMap<ByteString, Host>;

/**
 * The tables `[hosts.NAME]` of a yonder.toml: `login` (NAME where it is missing, as a word of -S), `labels` (an array),
 * and any other key, which is an attribute: a number, a truth value or a text; a text like "64G" is a size. Other
 * tables are not looked at. undefined where there is no table `hosts`.
 *
 * @param path for errors
 * @throws YonderError INPUT with the place
 */
export function parseNamedHosts(
  text: ByteString,
  path: ByteString,
  world: LoginWorld,
): NamedHosts | undefined {
  const { hosts } = parseToml(text, path);
  if (hosts === undefined) return undefined;
  if (!isTable(hosts)) throw wrong(path, "hosts", "must be tables: [hosts.NAME]");
  return new Map(
    Object.entries(hosts).map(([name, table]) => [encodeText(name), hostOf(name, table, path, world)]),
  );
}

/** Those with the name, or with the label; all for `all`, where nothing has that name. */
export function hostsCalled(name: ByteString, hosts: NamedHosts): readonly Host[] {
  const one = hosts.get(name);
  if (one !== undefined) return [one];
  const labelled = [...hosts.values()].filter(({ groups }) => groups.includes(name));
  return labelled.length === 0 && name === "all" ? [...hosts.values()] : labelled;
}

function parseToml(text: ByteString, path: ByteString): Readonly<Record<string, unknown>> {
  try {
    return parse(decodeText(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ""] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new YonderError("INPUT", {
      message: `${decodeText(path)}, line ${error.line}, column ${error.column}: ${reason}`,
      cause: error,
    });
  }
}

function hostOf(name: string, table: unknown, path: ByteString, world: LoginWorld): Host {
  const place = `hosts.${name}`;
  if (!isTable(table)) throw wrong(path, place, "must be a table");
  const { login = name, labels = [], ...others } = table;
  if (typeof login !== "string") throw wrong(path, `${place}.login`, "must be a text");
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string")) {
    throw wrong(path, `${place}.labels`, "must be an array of texts");
  }
  try {
    const attributes = Object.entries(others).map(([key, value]) => attributeOf(key, value));
    const named = [name, ...labels].map((label) => attribute(encodeText(label), true));
    return described(parseHost(encodeText(login), world), [...named, ...attributes]);
  } catch (error) {
    if (!(error instanceof YonderError)) throw error;
    throw wrong(path, place, error.message, error.remedy);
  }
}

function attributeOf(key: string, value: unknown): Attribute {
  const name = encodeText(key);
  if (typeof value === "string") return attribute(name, attributeValue(encodeText(value)));
  if (typeof value === "number" || typeof value === "boolean") return attribute(name, value);
  throw new YonderError("INPUT", { message: `${key} must be a number, true, false or a text.` });
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function wrong(path: ByteString, place: string, what: string, remedy?: string): YonderError {
  return new YonderError("INPUT", {
    message: `${decodeText(path)}: ${place}: ${what}`,
    ...(remedy !== undefined && { remedy }),
  });
}
