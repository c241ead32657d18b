import { decodeText } from "../../bytes/bytes.ts";
import { startChild } from "../../child/start.ts";
import type { Connection } from "../../launch/ssh/connection.ts";
import { type MachineLoad, measureLoad } from "../../launch/ssh/facts/load.ts";
import type { LoadKind } from "../../launch/ssh/facts/load-script.ts";
import type { LimitOptions } from "../../options/options.ts";
import { cpuCount } from "./capacity.ts";
import { type LoadRule, limitCommand, loadRulesOf, type Refusal } from "./load-rules.ts";
import { machineLoad } from "./machine-load.ts";

/** Looks whether a job may start: undefined where it may. */
export type StartCheck = () => Refusal | undefined | Promise<Refusal | undefined>;

/** --load, --memfree, --noswap and --limit, on this machine. */
export function startChecksOf(options: LimitOptions, shell: string): StartCheck[] {
  const rules = loadRulesOf(options, cpuCount(options.cpuUnit));
  const command = limitCommand(options);
  return [
    ...checksBy(rules, machineLoad),
    ...(command === undefined ? [] : [() => checkByCommand(command, shell)]),
  ];
}

/**
 * The same on a host, in one round trip a look. A command of --limit is not among them: it runs here, whatever the host.
 * A host that is lost refuses.
 *
 * @param cpus what 100% of --load is there
 */
export function remoteStartChecks(options: LimitOptions, connection: Connection, cpus: number): StartCheck[] {
  const name = decodeText(connection.login.name);
  return checksBy(loadRulesOf(options, cpus), (kinds) => measureLoad(connection, kinds)).map(
    (check) => async () => {
      try {
        const refusal = await check();
        return refusal && { ...refusal, reason: `${name}: ${refusal.reason}` };
      } catch (error) {
        return { reason: `${name}: ${(error as Error).message}`, isDire: false };
      }
    },
  );
}

type Read = (kinds: readonly LoadKind[]) => MachineLoad | Promise<MachineLoad>;

/** One look for all rules; none where there are none. The first refusal counts. */
function checksBy(rules: readonly LoadRule[], read: Read): StartCheck[] {
  if (rules.length === 0) return [];
  const kinds = [...new Set(rules.map(({ kind }) => kind))];
  return [
    async () => {
      const load = await read(kinds);
      const refusals = rules.map((rule) => rule.check(load, performance.now()));
      return refusals.find((refusal) => refusal !== undefined);
    },
  ];
}

const DIRE = 2;

function checkByCommand(command: string, shell: string): Promise<Refusal | undefined> {
  const { promise, resolve } = Promise.withResolvers<Refusal | undefined>();
  const child = startChild(shell, ["-c", command], { stdio: ["ignore", "ignore", "inherit"] });
  child.on("error", (error) => resolve({ reason: `--limit: ${error.message}`, isDire: false }));
  child.on("close", (status) => {
    resolve(status === 0 ? undefined : { reason: `--limit: ${command} says no`, isDire: status === DIRE });
  });
  return promise;
}
