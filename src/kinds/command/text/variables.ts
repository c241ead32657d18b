import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import { JOB_VARIABLE } from "../../../journal/orphans.ts";
import type { Options } from "../../../options/options.ts";
import type { Host } from "../../../options/values.ts";
import { hostgroupsVariable } from "../tasks/hostgroups.ts";

/** What every job of a slot finds in its environment. */
export function jobVariables(
  slot: number,
  options: Options,
  jobId: string,
  host?: Host,
): (readonly [string, ByteString])[] {
  const extra: (readonly [string, ByteString])[] = [];
  if (options.processSlotVar !== undefined) extra.push([options.processSlotVar, String(slot - 1)]);
  if (options.tmpdir !== undefined && host === undefined) extra.push(["TMPDIR", options.tmpdir]);
  if (options.hostgroups) extra.push(hostgroupsVariable(host, options.hosts));
  // By it the processes of a job are found again, should its driver be killed.
  if (jobId !== "") extra.push([JOB_VARIABLE, jobId]);
  return [
    ...extra,
    ["PARALLEL_PID", encodeText(String(process.pid))],
    ["PARALLEL_JOBSLOT", String(slot)],
    ["PARALLEL_SSHLOGIN", host?.login ?? ":"],
    ["PARALLEL_SSHHOST", host?.host ?? ":"],
  ];
}
