import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stateDirectory } from "../../journal/places.ts";
import type { HostFacts } from "../../launch/ssh/facts/facts.ts";
import { FACT_GROUPS } from "../../launch/ssh/facts/facts.ts";
import { factsOfHere } from "../../launch/ssh/facts/facts-of-here.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { VERSION } from "../../version.ts";
import { printable, size, table } from "../commands/format.ts";
import type { CommandIo } from "../commands/io.ts";
import { warningsOf } from "./report.ts";

/** A directory that yonder writes to. */
interface Place {
  readonly path: string;
  readonly isWritable: boolean;
  readonly freeBytes: number | undefined;
}

/** What yonder needs on this machine. Resolves with the exit status: 1 where it cannot write where it must. */
export async function examineThisMachine(io: CommandIo, isJson: boolean): Promise<number> {
  const facts = await factsOfHere(FACT_GROUPS);
  const places = {
    state: placeAt(stateDirectory(io.env)),
    store: placeAt(storeDirectory(io.env)),
    temporary: placeAt(tmpdir()),
  };
  const isGood = Object.values(places).every(({ isWritable }) => isWritable);
  const warnings = warningsOf(facts);
  const node = process.version;
  if (isJson) {
    const { memory, cpus, loadAverage, tools, speed } = facts;
    const json = {
      ok: isGood,
      version: VERSION,
      node,
      cpus,
      memory,
      loadAverage,
      speed,
      tools,
      places,
      warnings,
    };
    io.write(`${JSON.stringify(json)}\n`);
    return isGood ? 0 : 1;
  }
  const rows = [
    ["yonder", VERSION],
    ["node", node],
    ["machine", machineText(facts)],
    ["perl", toolText(facts, "perl") ?? "none: expressions in perl work only where they are simple ones"],
    ["ssh", openSsh() ?? "none: other machines cannot be reached without it"],
    ["rsync", toolText(facts, "rsync") ?? "none: files go to other machines without it, too"],
    ...Object.entries(places).map(([name, place]) => [name, placeText(place)]),
  ];
  io.write(table(rows, io.columns));
  for (const warning of warnings) io.note(warning);
  if (!isGood) io.note("without a place to write, jobs cannot run: see the lines above");
  return isGood ? 0 : 1;
}

function openSsh(): string | undefined {
  const { stderr } = spawnSync("ssh", ["-V"], { encoding: "utf8" });
  return stderr?.split(/[,\n]/, 1)[0];
}

/** Where it is not there yet, the nearest directory above it decides. */
function placeAt(path: string): Place {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return { path, isWritable: isWritable(at), freeBytes: bavail * bsize };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" || dirname(at) === at) return { path, isWritable: false, freeBytes: undefined };
    }
  }
}

/** Whether something can be made there: permissions do not say all. */
function isWritable(directory: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(directory, ".yonder-")));
    return true;
  } catch {
    return false;
  }
}

function machineText({ os, osRelease, arch, cpus, memory, loadAverage }: HostFacts): string {
  const { totalBytes, availableBytes } = memory;
  return [
    ...(os === undefined ? [] : [printable(`${os} ${osRelease} ${arch}`)]),
    ...(cpus.threads === undefined ? [] : [`${cpus.threads} CPUs`]),
    ...(availableBytes === undefined || totalBytes === undefined
      ? []
      : [`${size(availableBytes)} of ${size(totalBytes)} memory free`]),
    ...(loadAverage === undefined ? [] : [`load ${loadAverage.toFixed(1)}`]),
  ].join(", ");
}

function toolText({ tools }: HostFacts, name: "perl" | "rsync"): string | undefined {
  const tool = tools[name];
  return tool && [tool.version, `(${printable(tool.path)})`].filter(Boolean).join(" ");
}

function placeText({ path, isWritable: can, freeBytes }: Place): string {
  const free = freeBytes === undefined ? "" : `, ${size(freeBytes)} free`;
  return `${path}, ${can ? "writable" : "NOT WRITABLE"}${free}`;
}
