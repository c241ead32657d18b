import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { KINDS, type Scenario } from "./scenario.ts";

/** What a job has left for its person, without what differs between any two runs: times, names of --files, order. */
export function leftBy(scenario: Scenario, directory: string): Record<string, unknown> {
  const { kind, joblog } = scenario;
  const words = KINDS[kind]!;
  const hasNames = words.includes("--files");
  const isCompressed = words.includes("--compress");
  const read = (name: string): string => readFileSync(join(directory, name), "latin1");
  const content = (path: string): string => contentOf(path, isCompressed);
  const named = (text: string): string =>
    hasNames && kind !== "tree, named" ? text.replaceAll(/[^\s",]+\/par\w{5}\.par/g, content) : text;
  const tables = ["res.csv", "res.tsv", "res.json"].filter((name) => existsSync(join(directory, name)));
  return {
    stdout: inOrder(scenario, rowsOf(named(untimed(read("out"))), /on stdout/.test(kind))),
    stderr: linesOf(read("err"))
      .filter((line) => /(^|\t)(\S*m)?error\d+/.test(line))
      .sort(),
    ...(joblog && { joblog: inOrder(scenario, linesOf(untimed(read("joblog")))) }),
    tables: tables.map((name) => [
      name,
      inOrder(scenario, rowsOf(named(untimed(read(name))), name !== "res.json")),
    ]),
    files: filesIn(join(directory, "res")).map((name) => [name, content(join(directory, "res", name))]),
  };
}

function contentOf(path: string, isCompressed: boolean): string {
  const bytes = readFileSync(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  // What is empty stays so, and `seq` is for us.
  if (isCompressed && bytes.length > 0 && !isGzip && !path.endsWith("seq")) return `not compressed: ${bytes}`;
  return (isCompressed && isGzip ? gunzipSync(bytes) : bytes).toString("latin1");
}

function filesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(join(directory, name)).isFile()).sort();
}

/** The joblog, CSV and TSV; what {out} stands for; JSON. */
function untimed(text: string): string {
  return text
    .replaceAll(/^(\d+[,\t]:[,\t])\d+\.\d{3}([,\t]) *\d+\.\d{3}/gm, "$1START$2TIME")
    .replaceAll(/\.yonder-\w+-(?=\d)/g, "")
    .replaceAll(/"Starttime": [\d.]+, "JobRuntime": [\d.]+/g, "START");
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}

/** A newline within quotes is part of a row. */
function rowsOf(text: string, hasQuotes: boolean): string[] {
  if (!hasQuotes) return linesOf(text);
  const rows = [""];
  for (const line of linesOf(text)) {
    rows[rows.length - 1] += line;
    if ((rows.at(-1)!.split('"').length - 1) % 2 === 0) rows.push("");
  }
  return rows;
}

function inOrder({ keepOrder, kind }: Scenario, rows: readonly string[]): string[] {
  const words = KINDS[kind]!;
  return keepOrder || words.includes("-k") ? [...rows] : [...rows].sort();
}
