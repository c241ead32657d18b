import type { ClockOffset } from "../../launch/ssh/facts/clock-offset.ts";
import type { HostFacts, ToolName } from "../../launch/ssh/facts/facts.ts";
import { duration, size } from "../commands/format.ts";
import type { HostReport } from "./report.ts";

/** One line a host. The lines are as wide as the terminal at most, whatever comes later. */
export interface HostTable {
  readonly head: string;
  /** Of a host that has not answered yet. */
  pending(name: string): string;
  row(report: HostReport): string;
}

interface Column {
  readonly head: string;
  readonly width: number;
  readonly isNumber?: true;
  /** Where the terminal is narrow, columns with high numbers are left out first. */
  readonly rank: number;
  cell(report: HostReport & { readonly type: "ok" }): string;
}

const UNKNOWN = "?";
const NAME_WIDTH_MAX = 40;
const STATE_WIDTH = 4;

const COLUMNS: readonly Column[] = [
  { head: "LOGIN", width: 7, isNumber: true, rank: 3, cell: ({ loginMs }) => duration(loginMs) },
  { head: "SHELL", width: 7, rank: 6, cell: ({ facts }) => facts.shell ?? UNKNOWN },
  {
    head: "CPUS",
    width: 4,
    isNumber: true,
    rank: 0,
    cell: ({ facts }) => `${facts.cpus.threads ?? UNKNOWN}`,
  },
  {
    head: "LOAD",
    width: 5,
    isNumber: true,
    rank: 5,
    cell: ({ facts }) => facts.loadAverage?.toFixed(1) ?? UNKNOWN,
  },
  {
    head: "SPEED",
    width: 5,
    isNumber: true,
    rank: 10,
    cell: ({ facts }) => facts.speed?.toFixed(1) ?? UNKNOWN,
  },
  { head: "MEMORY FREE", width: 19, isNumber: true, rank: 1, cell: ({ facts }) => memory(facts) },
  {
    head: "DISK FREE",
    width: 9,
    isNumber: true,
    rank: 2,
    cell: ({ facts }) => (facts.homeDisk ? size(facts.homeDisk.freeBytes) : UNKNOWN),
  },
  {
    head: "CLOCK",
    width: 9,
    isNumber: true,
    rank: 4,
    cell: ({ facts }) => (facts.clock ? clockText(facts.clock) : UNKNOWN),
  },
  { head: "RSYNC", width: 6, rank: 7, cell: ({ facts }) => tool(facts, "rsync") },
  { head: "NODE", width: 9, rank: 8, cell: ({ facts }) => tool(facts, "node") },
  { head: "PERL", width: 7, rank: 9, cell: ({ facts }) => tool(facts, "perl") },
];

/** @param terminalColumns undefined where it goes to no terminal, and all is shown */
export function hostTable(names: readonly string[], terminalColumns: number | undefined): HostTable {
  const longest = Math.max(4, ...names.map((name) => name.length));
  const nameWidth = terminalColumns === undefined ? longest : Math.min(longest, NAME_WIDTH_MAX);
  const columns = fitting((terminalColumns ?? Infinity) - nameWidth - STATE_WIDTH - 2);
  const line = (name: string, state: string, rest: string): string => {
    const text = `${cut(name, nameWidth).padEnd(nameWidth)}  ${state.padEnd(STATE_WIDTH)}  ${rest}`.trimEnd();
    return terminalColumns === undefined ? text : cut(text, terminalColumns);
  };
  const join = (cellOf: (column: Column) => string): string =>
    columns.map((column) => pad(cellOf(column), column)).join("  ");
  return {
    head: line(
      "HOST",
      "",
      join(({ head }) => head),
    ),
    pending: (name) => line(name, "...", ""),
    row(report) {
      if (report.type === "failed") return line(report.name, "fail", report.reason);
      return line(
        report.name,
        "ok",
        join((column) => column.cell(report)),
      );
    },
  };
}

function fitting(width: number): readonly Column[] {
  const byRank = [...COLUMNS].sort((a, b) => a.rank - b.rank);
  while (byRank.length > 0 && byRank.reduce((sum, column) => sum + 2 + column.width, 0) > width) byRank.pop();
  return COLUMNS.filter((column) => byRank.includes(column));
}

function pad(text: string, { width, isNumber }: Column): string {
  return isNumber ? text.padStart(width) : text.padEnd(width);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function memory({ memory: { availableBytes, totalBytes } }: HostFacts): string {
  if (totalBytes === undefined) return UNKNOWN;
  const total = size(totalBytes);
  const free = availableBytes === undefined ? UNKNOWN : size(availableBytes);
  const unit = total.slice(total.indexOf(" "));
  return `${free.endsWith(unit) ? free.slice(0, -unit.length) : free} of ${total}`;
}

/** Less than what it may be wrong by is no difference. */
function clockText({ offsetMs, uncertaintyMs }: ClockOffset): string {
  if (Math.abs(offsetMs) <= uncertaintyMs) return `±${duration(uncertaintyMs)}`;
  return `${offsetMs > 0 ? "+" : "-"}${duration(Math.abs(offsetMs))}`;
}

function tool({ tools }: HostFacts, name: ToolName): string {
  const found = tools[name];
  return found === undefined ? "none" : (found.version ?? "yes");
}
