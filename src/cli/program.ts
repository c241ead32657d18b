import { bufferOf, encodeText } from "../bytes/bytes.ts";
import { tell } from "../standard-streams.ts";

/** The names under which yonder is called: GNU parallel's behave as it does. */
export type ProgramName = "yonder" | "parallel" | "sem";

/** Says something to the person, on standard error; the program's name comes first. */
export function say(name: ProgramName, message: string): void {
  const lines = message.split("\n").map((line, index) => (index === 0 ? `${name}: ${line}\n` : `${line}\n`));
  tell(bufferOf(encodeText(lines.join(""))));
}
