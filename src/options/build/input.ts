import type { ByteString } from "../../bytes/bytes.ts";
import { decodeDelimiter } from "../../input/delimiter.ts";
import { YonderError } from "../../interface/errors.ts";
import { packedLengthMax } from "../../template/length.ts";
import type { Given } from "../given.ts";
import type { InputOptions, PackingOptions, ReplacementOptions } from "../options.ts";
import type { Header, Trim } from "../values.ts";
import { countOf, refuse } from "./number.ts";

export function inputOptions(given: Given): InputOptions {
  return {
    delimiter: given.flag("null") ? "\0" : decodeDelimiter(given.last("delimiter") ?? "\n"),
    eof: given.last("E") ?? (given.last("eof") || undefined),
    colsep: given.last("colsep"),
    csv: given.flag("csv"),
    header: headerOf(given.last("header")),
    link: given.flag("link"),
    shuf: given.flag("shuf"),
    trim: trimOf(given.last("trim")),
    noRunIfEmpty: given.flag("no-run-if-empty"),
    skipFirstLine: given.flag("skip-first-line"),
    filter: given.all("filter"),
    hostgroups: given.flag("hostgroups"),
  };
}

function headerOf(text: ByteString | undefined): Header | undefined {
  if (text === undefined) return undefined;
  if (text === "0") return { type: "paths" };
  if (text === ":") return { type: "lines", lines: 1 };
  if (/^\d+$/.test(text)) return { type: "lines", lines: Number(text) };
  return { type: "regexp", regexp: text };
}

function trimOf(text: ByteString | undefined): Trim | undefined {
  if (text === undefined || text === "n" || text === "l" || text === "r" || text === "lr") return text;
  if (text === "rl") return "lr";
  throw new YonderError("USAGE", { message: "--trim must be one of: r l rl lr." });
}

export function replacementOptions(given: Given): ReplacementOptions {
  return {
    replace: given.last("I") || given.last("replace") || "{}",
    basenameReplace: given.last("basenamereplace"),
    dirnameReplace: given.last("dirnamereplace"),
    extensionReplace: given.last("extensionreplace"),
    basenameExtensionReplace: given.last("basenameextensionreplace"),
    seqReplace: given.last("seqreplace"),
    slotReplace: given.last("slotreplace"),
    plus: given.flag("plus"),
    rpl: given.all("rpl"),
    parens: parensOf(given.last("parens") ?? "{==}"),
    quote: given.flag("quote"),
    shellQuote: given.count("shellquote"),
    template: given.all("template").map(templateOf),
  };
}

function parensOf(text: ByteString): readonly [ByteString, ByteString] {
  const half = Math.floor(text.length / 2);
  if (half === 0) refuse("parens", text, "two strings of the same length in one, like {==}");
  return [text.slice(0, half), text.slice(half)];
}

function templateOf(text: ByteString): { file: ByteString; replacement: ByteString } {
  const equals = text.indexOf("=");
  if (equals <= 0) refuse("template", text, "FILE=NAME");
  return { file: text.slice(0, equals), replacement: text.slice(equals + 1) };
}

export function packingOptions(given: Given): PackingOptions {
  // -l 0 and -l alone are -l 1.
  const lines = given.flag("max-lines")
    ? Math.max(1, Math.floor(Number(given.last("max-lines") || 1)))
    : undefined;
  return {
    maxArgs: countOf(given, "max-args", 0),
    maxReplaceArgs: countOf(given, "max-replace-args", 0),
    maxLines: countOf(given, "L", 0) ?? lines,
    contextReplace: given.flag("X"),
    multipleArgs: given.flag("m"),
    xargs: given.flag("xargs"),
    maxChars: countOf(given, "max-chars", 1),
    exitIfTooLong: given.flag("exit"),
  };
}

export function packingWarnings(given: Given): string[] {
  const chars = countOf(given, "max-chars", 1) ?? 0;
  return chars > packedLengthMax ? [`Value for option -s should be < ${packedLengthMax}.`] : [];
}
