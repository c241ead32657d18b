import { dashed, spellings } from "../help/spelling.ts";
import { topicTexts } from "../help/topics.ts";
import { type OptionRow, TOPICS } from "../table/row.ts";
import { optionTable } from "../table/table.ts";
import { GNU_VERSION } from "../version.ts";
import { caseDifferences, generalDifferences } from "./differences.ts";

/** docs/reference/parallel-compatibility.md: a row for every option of GNU parallel, from the table. */
export function compatibilityPage(): string {
  const rows = optionTable.filter((row) => !row.own);
  const counts = `${count(rows, "supported")} supported, ${count(rows, "differs")} with a difference, ${count(rows, "refused")} refused`;
  return `${[
    "# Compatibility with GNU parallel",
    "",
    "Written by `node build/man.ts` from `src/options/table/`; do not edit.",
    "",
    `What yonder does with each option of GNU parallel ${GNU_VERSION}: ${counts}.`,
    "Under the names `parallel` and `sem` these are all the options there are; `yonder run` has some of its own.",
    "",
    "## What differs in general",
    "",
    ...generalDifferences.map((text) => `- ${text}`),
    "",
    "## Cases of the conformance corpus that differ",
    "",
    ...caseTable(),
    ...TOPICS.flatMap((topic) => table(topicTexts[topic].title, visible(rows, topic))),
    ...table(
      "Retired by GNU parallel",
      rows.filter((row) => statusKind(row) === "retired"),
    ),
    ...table(
      "In no manual, yet accepted by GNU parallel",
      rows.filter((row) => row.undocumented),
    ),
  ].join("\n")}\n`;
}

function caseTable(): string[] {
  if (caseDifferences.length === 0) return ["None."];
  return [
    "| case | reason |",
    "| --- | --- |",
    ...caseDifferences.map(({ name, reason }) => `| ${name} | ${cell(reason)} |`),
  ];
}

function visible(rows: readonly OptionRow[], topic: string): OptionRow[] {
  return rows.filter((row) => row.topic === topic && !row.undocumented && statusKind(row) !== "retired");
}

function table(title: string, rows: readonly OptionRow[]): string[] {
  return [
    "",
    `## ${title}`,
    "",
    "| option | also | status | |",
    "| --- | --- | --- | --- |",
    ...rows.map(tableRow),
  ];
}

function tableRow(row: OptionRow): string {
  const also = [row.name, ...(row.aliases ?? [])].filter((name) => name !== row.name).map(dashed);
  const name = spellings(row, "all").find((spelling) => spelling.startsWith(dashed(row.name)))!;
  const aliases = also.map((alias) => code(alias)).join(" ");
  return `| ${code(name)} | ${aliases} | ${statusKind(row)} | ${cell(note(row))} |`;
}

function note({ status, help }: OptionRow): string {
  if (typeof status === "string") return help;
  if ("differs" in status) return `${help}. Here: ${status.differs}`;
  if ("refused" in status) return `${help}. Instead: ${status.refused}`;
  return status.retired.replaceAll("\n", " ");
}

function statusKind({ status }: OptionRow): "supported" | "differs" | "refused" | "retired" {
  if (typeof status === "string") return status;
  if ("differs" in status) return "differs";
  return "refused" in status ? "refused" : "retired";
}

function count(rows: readonly OptionRow[], kind: string): number {
  return rows.filter((row) => statusKind(row) === kind).length;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
