import { type ByteString, encodeText } from "../bytes/bytes.ts";
import { readsStandardInput } from "../kinds/command/job/job-journal.ts";
import type { CommandLine } from "../options/parse.ts";
import { descriptorKind } from "../output/descriptor.ts";
import type { ProgramName } from "./program.ts";

/** GNU parallel's words, but for its manual. */
const GNU = [
  "Input is read from the terminal. You are either an expert",
  "(in which case: YOU ARE AWESOME!) or maybe you forgot",
  "::: or :::: or -a or to pipe data into parallel.",
  "Press CTRL-D to exit.",
];
const OURS = [
  "Input is read from the terminal: one input a line, CTRL-D ends it.",
  "Inputs may also stand behind :::, in a file (:::: or -a), or come through a pipe.",
];
const NOTHING = ["There is no input: standard input is /dev/null, and nothing stands behind :::."];
const TWO_COLONS = ["`::` is a word of the command: inputs stand behind `:::`."];

/** Warns where a job would wait for a person who does not know it, or was given nothing to do. */
export function warnOfInput(name: ProgramName, line: CommandLine, tell: (text: ByteString) => void): void {
  // GNU parallel is silent where it waits with --pipe.
  if (line.options.semaphore || (name !== "yonder" && line.options.pipe)) return;
  const isRead = readsStandardInput(line) || line.sources.some(isNamedInput);
  if (!isRead) return;
  for (const text of warningsOf(name, line)) tell(`Warning: ${encodeText(text)}`);
}

function isNamedInput(source: CommandLine["sources"][number]): boolean {
  return source.kind === "file" && source.path === "/dev/stdin";
}

function warningsOf(name: ProgramName, { command }: CommandLine): readonly string[] {
  const slip = command.includes("::") ? TWO_COLONS : [];
  switch (descriptorKind(0)) {
    case "terminal":
      return name === "yonder" ? [...OURS, ...slip] : GNU;
    case "null":
      return name === "yonder" ? [...NOTHING, ...slip] : [];
    default:
      return [];
  }
}
