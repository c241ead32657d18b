import type { HostFacts } from "../../launch/ssh/facts/facts.ts";
import { duration, printable, size } from "../commands/format.ts";
import { jsonText } from "../commands/json.ts";

/** What came of looking at one host. */
export type HostReport =
  | { readonly type: "ok"; readonly name: string; readonly loginMs: number; readonly facts: HostFacts }
  | {
      readonly type: "failed";
      readonly name: string;
      /** In ssh's words, or in ours where it hangs. */
      readonly reason: string;
      readonly remedy: string | undefined;
    };

const CLOCK_MS = 1000;
const DISK_BYTES = 100 * 2 ** 20;

/** What works, and will be a trouble all the same. */
export function warningsOf({ clock, homeDisk, tmpDisk }: HostFacts): string[] {
  const warnings: string[] = [];
  if (clock !== undefined && Math.abs(clock.offsetMs) - clock.uncertaintyMs > CLOCK_MS) {
    const by = duration(Math.abs(clock.offsetMs));
    warnings.push(
      `its clock is ${by} ${clock.offsetMs > 0 ? "ahead of" : "behind"} ours: make and rsync, which compare times of files, take old ones for new there; let both keep time by NTP`,
    );
  }
  const disks = homeDisk?.path === tmpDisk?.path ? [homeDisk] : [homeDisk, tmpDisk];
  for (const disk of disks) {
    if (disk !== undefined && disk.freeBytes < DISK_BYTES) {
      warnings.push(`only ${size(Math.max(0, disk.freeBytes))} are free in ${printable(disk.path)}`);
    }
  }
  return warnings;
}

/** One object, for programs. What a host does not tell is left out. */
export function reportJson(report: HostReport): Record<string, unknown> {
  const { type, name } = report;
  if (type === "failed") return { host: name, ok: false, reason: report.reason, remedy: report.remedy };
  const { facts } = report;
  return {
    host: name,
    ok: true,
    loginMs: Math.round(report.loginMs),
    ...(inText(facts) as object),
    warnings: warningsOf(facts),
  };
}

/** The same, with texts for people in place of bytes, as deep as there are any. */
function inText(value: unknown): unknown {
  if (typeof value === "string") return jsonText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inText);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inText(inner)]));
}
