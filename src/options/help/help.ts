import type { OptionRow, Topic } from "../table/row.ts";
import { TOPICS } from "../table/row.ts";
import { optionTable } from "../table/table.ts";
import { spellings } from "./spelling.ts";
import { extraTopics, type TopicText, topicTexts } from "./topics.ts";
import { wrap } from "./wrap.ts";

const WIDTH = 80;
const HELP_COLUMN = 26;

/** The names that `yonder help` knows. */
export function topicNames(): string[] {
  return [...TOPICS, ...Object.keys(extraTopics)];
}

/** What `yonder help TOPIC` prints; a topic may be abbreviated. undefined where there is none, or more than one. */
export function topicHelp(typed: string): string | undefined {
  const wanted = typed.toLowerCase();
  const fitting = topicNames().filter((name) => name.startsWith(wanted));
  const name = fitting.includes(wanted) ? wanted : fitting.length === 1 ? fitting[0]! : undefined;
  if (name === undefined) return undefined;
  const extra = extraTopics[name];
  if (extra) return page(extra, []);
  const rows = optionTable.filter((row) => row.topic === name && !row.hidden);
  return page(topicTexts[name as Topic], rows);
}

/** What `yonder help --OPTION` prints; undefined for a name that no option has. */
export function optionHelp(name: string): string | undefined {
  const bare = name.replace(/^--?/, "");
  const row = optionTable.find((option) => [option.name, ...(option.aliases ?? [])].includes(bare));
  return row && `${optionLines(row).join("\n")}\n\n  More: yonder help ${row.topic}\n`;
}

function page(topic: TopicText, rows: readonly OptionRow[]): string {
  const options = rows.length > 0 ? ["", ...rows.flatMap(optionLines)] : [];
  return `${[topic.title, "", ...wrap(topic.text, WIDTH), ...options].join("\n")}\n`;
}

function optionLines(row: OptionRow): string[] {
  const name = `  ${spellings(row, "short").join(", ")}`;
  const help = wrap(row.help + statusNote(row), WIDTH - HELP_COLUMN);
  const indent = " ".repeat(HELP_COLUMN);
  if (name.length >= HELP_COLUMN) return [name, ...help.map((line) => indent + line)];
  return help.map((line, index) => (index === 0 ? name.padEnd(HELP_COLUMN) : indent) + line);
}

function statusNote(row: OptionRow): string {
  if (row.own) return " (yonder run only)";
  return typeof row.status !== "string" && "refused" in row.status ? " (not supported)" : "";
}
