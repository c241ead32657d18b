import type { ByteString } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { CommandLine } from "../../../options/parse.ts";

/**
 * --filter-hosts: the command line with the hosts alone that answer, before anything is planned for the others.
 * @throws YonderError HOST where none does
 */
export async function withoutDeadHosts(
  line: CommandLine,
  env: NodeJS.ProcessEnv,
  say: (text: ByteString) => void,
): Promise<CommandLine> {
  const { options } = line;
  if (!options.filterHosts || options.dryRun || options.hosts.length === 0) return line;
  const { filterHosts } = await import("../../../launch/ssh/filter-hosts.ts");
  const { alive, dead } = await filterHosts(options.hosts, {
    loginOf: ({ login, command }) => (login === ":" ? undefined : { name: login, command }),
    env,
    limitMs: options.hostTimeoutMs,
  });
  for (const { host } of dead) say(`Warning: Removed ${host.login}.`);
  if (alive.length === 0) {
    throw new YonderError("HOST", {
      message: "Cannot run any jobs.",
      remedy: "none of the hosts can be reached: yonder doctor -S … says why",
    });
  }
  return { ...line, options: { ...options, hosts: alive } };
}
