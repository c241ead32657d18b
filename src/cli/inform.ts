import { cpuCount } from "../driver/gates/capacity.ts";
import { recordEnvironment } from "../kinds/command/job/recorded-env.ts";
import type { Action } from "../options/action.ts";
import type { OptionWorld } from "../options/defaults.ts";
import type { Options } from "../options/options.ts";
import { writeResults } from "../standard-streams.ts";
import { packedLengthMax, reportedLengthMax } from "../template/length.ts";
import { VERSION } from "../version.ts";
import type { ProgramName } from "./program.ts";

/** The version of GNU parallel that the names parallel and sem stand in for. */
const GNU_VERSION = 20221122;

/** Does what the command line asks besides running jobs. Resolves with the exit status. */
export async function inform(
  name: ProgramName,
  action: Exclude<Action, { type: "run" }>,
  world: OptionWorld,
): Promise<number> {
  const print = (text: string): number => {
    writeResults(1, text);
    return 0;
  };
  switch (action.type) {
    case "help":
      return print((await import("../options/help/overview.ts")).overview(name));
    case "version":
      return print(versionText(name));
    case "minversion":
      print(`${GNU_VERSION}\n`);
      return action.version <= GNU_VERSION ? 0 : 255;
    case "cpuCount":
      return print(`${cpuCount(action.unit)}\n`);
    case "maxLineLength":
      return print(`${reportedLengthMax}\n`);
    case "shellCompletion": {
      const { completionScript } = await import("../options/generate/completion.ts");
      return print(completionScript(action.shell, process.env["SHELL"]));
    }
    case "recordEnv":
      recordEnvironment(world);
      return 0;
    case "session":
      // A program cannot change the shell that started it: only the function env_parallel can.
      return 0;
    default:
      return action satisfies never;
  }
}

function versionText(name: ProgramName): string {
  if (name === "yonder") return `yonder ${VERSION}\n`;
  return `GNU parallel ${GNU_VERSION} (the interface; this is yonder ${VERSION})\n`;
}

/** What --show-limits prints before the jobs run: GNU parallel's words. */
export function limitsText({ maxChars }: Options): string {
  return `Maximal size of command: ${reportedLengthMax}
Maximal usable size of command: ${Math.min(maxChars ?? packedLengthMax, packedLengthMax)}

Execution will continue now, and it will try to read its input
and run commands; if this is not what you wanted to happen, please
press CTRL-D or CTRL-C
`;
}
