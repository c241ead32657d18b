import type { ByteString } from "../bytes/bytes.ts";
import { type KeyPart, keyPart } from "./key.ts";
import type { Question } from "./memo.ts";

/** All that decides what a command gives, as far as it is declared. */
export interface CommandFacts {
  /** As the shell gets it, with {out} in place of the path of its output. */
  readonly command: ByteString;
  readonly args: readonly ByteString[];
  readonly shell: string;
  /** Functions, aliases and variables that env_parallel hands over. */
  readonly shellState: string | undefined;
  /** Where it runs: relative names mean something else elsewhere. */
  readonly directory: ByteString;
  readonly out: ByteString | undefined;
  /** The program, and what stands for files. */
  readonly parts: readonly KeyPart[];
  /** Declared variables, each with its value. */
  readonly env: readonly (readonly [name: string, value: string | undefined])[];
  readonly version: ByteString | undefined;
}

/** The key of a command: everything but `args` and the path of `out` is one of its parts. Names of parts are bytes. */
export function commandQuestion(facts: CommandFacts): Question {
  const { command, args, shell, shellState, directory, out, parts, env, version } = facts;
  return {
    subject: JSON.stringify(["command", directory, args, out ?? ""]),
    parts: [
      keyPart("command", command),
      keyPart("shell", shell),
      keyPart("directory", directory),
      // Programs choose formats by it.
      ...(out === undefined ? [] : [keyPart("extension of --out", extensionOf(out))]),
      ...(shellState === undefined ? [] : [keyPart("functions of the shell", shellState)]),
      ...(version === undefined ? [] : [keyPart("version", version)]),
      ...env.map(([name, value]) => keyPart(`environment ${name}`, value)),
      ...parts,
    ],
  };
}

function extensionOf(path: ByteString): ByteString {
  return /\.[^./]*$/.exec(path)?.[0] ?? "";
}
