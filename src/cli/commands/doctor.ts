import { encodeText } from "../../bytes/bytes.ts";
import { socketDirectory } from "../../launch/ssh/socket-directory.ts";
import type { Options } from "../../options/options.ts";
import { parseCommandLine } from "../../options/parse.ts";
import { openBoard } from "../doctor/board.ts";
import { type Examination, examine, examineHere } from "../doctor/examine.ts";
import { hostTable } from "../doctor/host-table.ts";
import { type HostReport, reportJson, warningsOf } from "../doctor/report.ts";
import { type CommandLine, parseCommand } from "./command-line.ts";
import { printable } from "./format.ts";
import { untilInterrupted } from "./interrupted.ts";
import type { CommandIo } from "./io.ts";
import { optionWorld } from "./run.ts";

const HELP = `usage: yonder doctor [-S HOST,...] [--on FILE|NAME] [--sshloginfile FILE] [--ssh COMMAND]
                     [--host-timeout TIME] [--json]

Goes to all hosts at once, and says of each whether it lets us in, how long that took, and what it has: its sh, CPUs, load,
memory, disk, clock, rsync, node and perl. Without hosts: whether all is well on this machine. Exit status 1 where a host
does not answer.

  -S, --sshlogin HOST,...  hosts as for yonder run: 8/alice, user@bob, "ssh -p 2222 carol", @group/dave, :
  --on FILE|NAME           a hosts file, or a name or label of yonder.toml
  --sshloginfile FILE      hosts in GNU parallel's file; .. is ~/.parallel/sshloginfile
  --ssh COMMAND            instead of ssh
  --host-timeout TIME      how long a host may take to answer (15s)
  --json                   one JSON object a host
`;
const OPTIONS = {
  sshlogin: { type: "string", short: "S", multiple: true },
  sshloginfile: { type: "string", multiple: true },
  slf: { type: "string", multiple: true },
  on: { type: "string", multiple: true },
  ssh: { type: "string" },
  "host-timeout": { type: "string" },
} as const;
const SOURCES = ["sshlogin", "sshloginfile", "slf", "on"] as const;
const INTERRUPTED = 130;
/** So much of a line is neither name nor reason, or may stand beside a short name. */
const ROOM = 12;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [0, 0] }, args, io);
  if (line === undefined) return 0;
  if (SOURCES.every((name) => line.values(name).length === 0)) {
    const { examineThisMachine } = await import("../doctor/here.ts");
    return examineThisMachine(io, line.flag("json"));
  }
  const { hosts, hostTimeoutMs: limitMs } = optionsOf(line);
  const names = hosts.map(({ login }) => printable(login));
  const board = line.flag("json") ? jsonBoard(hosts.length, io) : tableBoard(names, io);
  const directory = socketDirectory();
  let status = INTERRUPTED;
  try {
    await untilInterrupted(async (signal) => {
      const examinations = hosts.map((host, id) => {
        const options = { directory: directory.path, id, env: io.env, limitMs };
        return host.login === ":"
          ? examineHere()
          : examine({ name: host.login, command: host.command }, options);
      });
      status = await Promise.race([show(examinations, board, io), aborted(signal)]);
    });
  } finally {
    directory.remove();
  }
  return status;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** As `yonder run` reads them. */
function optionsOf(line: CommandLine): Options {
  const words = [
    ...SOURCES.flatMap((name) => line.values(name).flatMap((value) => [`--${name}`, value])),
    ...["ssh", "host-timeout"].flatMap((name) => {
      const value = line.value(name);
      return value === undefined ? [] : [`--${name}`, value];
    }),
  ];
  return parseCommandLine([...words.map(encodeText), "true"], "yonder", optionWorld()).options;
}

type ReportBoard = (index: number, report: HostReport) => void;

function tableBoard(names: readonly string[], io: CommandIo): ReportBoard {
  const table = hostTable(names, io.columns);
  io.write(`${table.head}\n`);
  const board = openBoard(names.map(table.pending), io);
  return (index, report) => board.show(index, table.row(report));
}

function jsonBoard(count: number, io: CommandIo): ReportBoard {
  const board = openBoard(
    Array.from({ length: count }, () => ""),
    { ...io, columns: undefined },
  );
  return (index, report) => board.show(index, JSON.stringify(reportJson(report)));
}

/** Each report when it is there; what to do about them afterwards, so that the table stays in one piece. */
async function show(
  examinations: readonly Examination[],
  board: ReportBoard,
  io: CommandIo,
): Promise<number> {
  const reports = await Promise.all(
    examinations.map(async ({ report }, index) => {
      board(index, await report);
      return report;
    }),
  );
  for (const report of reports) {
    for (const text of notesOf(report, io.columns)) io.note(`${report.name}: ${text}`);
  }
  await Promise.all(examinations.map(({ over }) => over));
  return reports.every(({ type }) => type === "ok") ? 0 : 1;
}

/** A reason that the table had no room for is said in full. */
function notesOf(report: HostReport, columns: number | undefined): string[] {
  if (report.type === "ok") return warningsOf(report.facts);
  const { name, reason, remedy } = report;
  const isCut = columns !== undefined && name.length + reason.length > columns - ROOM;
  return [...(isCut ? [reason] : []), ...(remedy === undefined ? [] : [remedy])];
}
