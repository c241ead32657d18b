import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { YonderError } from "../../interface/errors.ts";
import type { CommandIo } from "./io.ts";

export interface CommandSpec {
  /** The text of --help; its first line is the usage. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many words may follow, at least and at most. */
  readonly words: readonly [min: number, max: number];
}

export interface CommandLine {
  flag(name: string): boolean;
  value(name: string): string | undefined;
  /** Of an option that may be repeated. */
  values(name: string): readonly string[];
  readonly words: readonly string[];
}

const COMMON = { help: { type: "boolean", short: "h" }, json: { type: "boolean" } } as const;

/**
 * The words of a command that looks at jobs; undefined where they asked for help, which has been shown.
 *
 * @throws YonderError USAGE, exit code 2
 */
export function parseCommand(
  spec: CommandSpec,
  args: readonly string[],
  io: CommandIo,
): CommandLine | undefined {
  let parsed: ReturnType<typeof parseLoosely>;
  try {
    parsed = parseLoosely(spec, args);
  } catch (error) {
    throw usage(spec, (error as Error).message.replace(/\. To specify.*$/s, ""));
  }
  if (parsed.values["help"] === true) {
    io.write(spec.help);
    return undefined;
  }
  const words = parsed.positionals;
  const [min, max] = spec.words;
  if (words.length < min) throw usage(spec, "a word is missing");
  if (words.length > max) throw usage(spec, `one word too many: "${words[max]}"`);
  return {
    flag: (name) => parsed.values[name] === true,
    value: (name) => parsed.values[name] as string | undefined,
    values: (name) => (parsed.values[name] as string[] | undefined) ?? [],
    words,
  };
}

function parseLoosely(
  spec: CommandSpec,
  args: readonly string[],
): { values: Record<string, unknown>; positionals: string[] } {
  return parseArgs({ args: [...args], options: { ...COMMON, ...spec.options }, allowPositionals: true });
}

function usage(spec: CommandSpec, message: string): YonderError {
  return new YonderError("USAGE", { message, remedy: spec.help.split("\n", 1)[0]!, exitCode: 2 });
}

/** One of the words that a flag may have. @throws YonderError USAGE */
export function choiceOf<Word extends string>(
  line: CommandLine,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = line.value(name);
  const word = words.find((one) => one === text);
  if (text === undefined || word !== undefined) return word;
  throw new YonderError("USAGE", {
    message: `--${name}: "${text}" is none of ${words.join(", ")}`,
    remedy: `give one of them, such as --${name} ${words[0]}`,
    exitCode: 2,
  });
}

/** A number in a flag's value. @throws YonderError USAGE */
export function numberOf(line: CommandLine, name: string): number | undefined {
  const text = line.value(name);
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new YonderError("USAGE", {
    message: `--${name}: "${text}" is not a number`,
    remedy: `give digits, such as --${name} 10`,
    exitCode: 2,
  });
}

/** A size such as 10M or 2GiB, in bytes. @throws YonderError USAGE */
export function sizeOf(line: CommandLine, name: string): number | undefined {
  const text = line.value(name);
  if (text === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text);
  if (match) return Number(match[1]) * 1024 ** " kmgt".indexOf(match[2]!.toLowerCase() || " ");
  throw new YonderError("USAGE", {
    message: `--${name}: "${text}" is not a size`,
    remedy: `give bytes, or a number with K, M, G or T, such as --${name} 500M`,
    exitCode: 2,
  });
}
