import { cpuCount } from "../driver/capacity.ts";
import { VERSION } from "../driver/journal.ts";
import { YonderError } from "../interface/errors.ts";
import type { Action } from "../options/action.ts";
import type { ProgramName } from "./main.ts";

/** The version of GNU parallel that the names parallel and sem stand in for. */
const GNU_VERSION = 20221122;

/** Prints what the command line asks about yonder itself. Resolves with the exit status. */
export async function inform(name: ProgramName, action: Exclude<Action, { type: "run" }>): Promise<number> {
  switch (action.type) {
    case "version":
      process.stdout.write(versionText(name));
      return 0;
    case "minversion":
      process.stdout.write(`${GNU_VERSION}\n`);
      return action.version <= GNU_VERSION ? 0 : 255;
    case "cpuCount":
      process.stdout.write(`${cpuCount(action.unit)}\n`);
      return 0;
    default:
      throw new YonderError("UNSUPPORTED", { message: `--${action.type} is not there yet` });
  }
}

function versionText(name: ProgramName): string {
  if (name === "yonder") return `yonder ${VERSION}\n`;
  return `GNU parallel ${GNU_VERSION} (the interface; this is yonder ${VERSION})\n`;
}
