import { readFileSync } from "node:fs";
import { listJobIds } from "../journal/find-job.ts";
import { SUBCOMMANDS } from "../options/generate/completion-words.ts";
import { topicNames } from "../options/help/help.ts";
import { optionTable } from "../options/table/table.ts";
import { workingDirectory } from "../working-directory.ts";
import type { CommandHelp } from "./command-help.ts";
import type { CommandIo } from "./commands/io.ts";
import { hostNames } from "./host-names.ts";

/**
 * What may stand in place of the last of these words, of a command line without its first word. In no order: shells have
 * their own. Nothing where anything may stand there.
 */
export async function candidates(
  words: readonly string[],
  io: CommandIo,
  helpOf: CommandHelp,
): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const found = await possible(before, typed, io, helpOf);
  return [...new Set(found)].filter((word) => word.startsWith(typed));
}

async function possible(
  before: readonly string[],
  typed: string,
  io: CommandIo,
  helpOf: CommandHelp,
): Promise<readonly string[]> {
  const [command = "", ...rest] = before;
  if (before.length === 0) return Object.keys(SUBCOMMANDS);
  const last = rest.at(-1) ?? "";
  if (last.startsWith("-") && takesHosts(last)) return hostList(typed, io);
  const values = VALUES[`${command} ${last}`] ?? tableValues(last);
  if (last.startsWith("-") && values !== undefined) return values;
  if (typed.startsWith("-")) return optionsIn((await helpOf(command, io)) ?? "");
  if (TAKES_JOB.has(command)) return ["@", ...listJobIds(io.env).slice(0, IDS_MAX)];
  if (command === "help") return [...topicNames(), ...Object.keys(SUBCOMMANDS)];
  return rest.length === 0 ? (WORDS[command] ?? []) : [];
}

/** The newest jobs: a screen of them. */
const IDS_MAX = 100;
const TAKES_JOB: ReadonlySet<string> = new Set(["show", "logs", "wait", "cancel", "resume", "explain"]);

const WORDS: Readonly<Record<string, readonly string[]>> = {
  completion: ["auto", "bash", "zsh", "fish"],
  "shell-init": ["bash", "zsh", "sh", "fish"],
  store: ["put", "get", "cat", "ls", "stat", "car", "pin", "unpin", "pins", "name", "verify"],
};

/** Values of options of commands that ask. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "jobs --state": ["running", "succeeded", "failed", "cancelled", "interrupted", "damaged"],
  "gc --only": ["jobs", "store"],
  "put --cid-profile": ["unixfs-v1-2025", "kubo-cidv1"],
};

function tableValues(option: string): readonly string[] | undefined {
  const name = option.replace(/^--?/, "");
  return optionTable.find((row) => [row.name, ...(row.aliases ?? [])].includes(name))?.values;
}

function takesHosts(option: string): boolean {
  return ["-S", "--sshlogin", "--on"].includes(option);
}

/** Hosts stand behind a comma, and behind the number of their slots. */
function hostList(typed: string, io: CommandIo): string[] {
  const begun = typed.slice(
    0,
    Math.max(typed.lastIndexOf(","), typed.lastIndexOf("/"), typed.lastIndexOf("@")) + 1,
  );
  return hostNames(io.env, workingDirectory(), readText).map((name) => begun + name);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function optionsIn(help: string): string[] {
  return help.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];
}
