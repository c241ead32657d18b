import type { ByteString } from "../bytes/bytes.ts";
import { type Action, actionOf } from "./action.ts";
import { inputOptions, packingOptions, packingWarnings, replacementOptions } from "./build/input.ts";
import { failureOptions, limitOptions } from "./build/limits.ts";
import { memoOptions } from "./build/memo.ts";
import { outputOptions, progressOptions, recordOptions } from "./build/output.ts";
import { pipeOptions } from "./build/pipe.ts";
import { remoteOptions, remoteWarnings } from "./build/remote.ts";
import { environmentOptions, refuseUnsupported, semaphoreOptions, yonderOptions } from "./build/rest.ts";
import { defaultWords, type OptionWorld } from "./defaults.ts";
import { type Occurrence, parseWords } from "./getopt.ts";
import { type Given, given } from "./given.ts";
import { lookup } from "./lookup.ts";
import type { Options } from "./options.ts";
import { type InputSource, splitSources } from "./sources.ts";
import { optionTable } from "./table/table.ts";
import { unpackShebang } from "./unshebang.ts";

/** Whose grammar: `yonder run` adds its own options, `sem` is `parallel --semaphore`. */
export type Grammar = "yonder" | "parallel" | "sem";

export interface CommandLine {
  readonly action: Action;
  readonly options: Options;
  /** Empty where the input lines are the commands. */
  readonly command: readonly ByteString[];
  /** -a files first, then the groups after ::: and ::::; empty where standard input is the only source. */
  readonly sources: readonly InputSource[];
  /** For the person, one a line, without "parallel: Warning: " before it. */
  readonly warnings: readonly string[];
}

/**
 * Reads a command line, $PARALLEL and the profiles; everything is parsed and checked before anything runs.
 *
 * Throws a YonderError (USAGE, UNSUPPORTED, INPUT) with GNU parallel's words where it has some.
 */
export function parseCommandLine(
  words: readonly ByteString[],
  grammar: Grammar,
  world: OptionWorld,
): CommandLine {
  const { occurrences, rest } = parseAll(unpackShebang(words), grammar, world);
  const asked = given(occurrences);
  refuseUnsupported(asked, optionTable);
  const action = actionOf(asked);
  const { command, sources } = splitSources(rest, {
    argSep: asked.last("arg-sep") ?? ":::",
    argFileSep: asked.last("arg-file-sep") ?? "::::",
  });
  const files = asked.all("arg-file").map((path): InputSource => ({ kind: "file", path, linked: false }));
  const options = buildOptions(asked, grammar, world);
  return {
    action,
    options,
    command,
    sources: [...files, ...sources],
    warnings: [...packingWarnings(asked), ...remoteWarnings(asked, options.hosts)],
  };
}

function buildOptions(asked: Given, grammar: Grammar, world: OptionWorld): Options {
  return {
    ...inputOptions(asked),
    ...replacementOptions(asked),
    ...packingOptions(asked),
    ...outputOptions(asked),
    ...progressOptions(asked),
    ...recordOptions(asked),
    ...limitOptions(asked, world),
    ...failureOptions(asked),
    ...pipeOptions(asked),
    ...environmentOptions(asked),
    ...semaphoreOptions(asked, grammar === "sem"),
    ...remoteOptions(asked, world),
    ...yonderOptions(asked),
    ...memoOptions(asked),
  };
}

/**
 * The command line is parsed first, because it says which profiles count; its options come last, so that they win.
 * Words that are no options add up in the same order: a profile may begin the command ("nice").
 */
function parseAll(
  words: readonly ByteString[],
  grammar: Grammar,
  world: OptionWorld,
): { occurrences: Occurrence[]; rest: ByteString[] } {
  const names = lookup(grammar === "yonder");
  const own = parseWords(words, names);
  const ownGiven = given(own.occurrences);
  const defaults = ownGiven.flag("plain") ? [] : defaultWords(ownGiven.all("profile"), world);
  const parsed = [...defaults.map((list) => parseWords(list, names)), own];
  return {
    occurrences: parsed.flatMap((part) => part.occurrences),
    rest: parsed.flatMap((part) => part.rest),
  };
}
