import { type ByteString, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { CommandIo } from "./commands/io.ts";

/** Its words are bytes, as paths are. */
export type StoreCommand = (args: readonly ByteString[], io: CommandIo) => Promise<number>;

const COMMANDS: Readonly<Record<string, () => Promise<{ run: StoreCommand }>>> = {
  put: () => import("./commands/put.ts"),
  get: () => import("./commands/get.ts"),
  car: () => import("./commands/car.ts"),
  cat: () => import("./commands/cat.ts"),
  ls: () => import("./commands/ls.ts"),
  stat: () => import("./commands/stat.ts"),
};

/** Programs have these names too: `yonder cat ::: a b` runs one. */
const PROGRAMS: readonly string[] = ["cat", "ls", "stat"];

/**
 * The command that a command line is about; undefined for none. `cat`, `ls` and `stat` are the store's where they are
 * about a CID, and always behind `store`.
 *
 * @throws YonderError USAGE for an unknown word behind `store`
 */
export async function storeCommand(
  words: readonly ByteString[],
): Promise<{ run: StoreCommand; args: readonly ByteString[] } | undefined> {
  const isPlain = words[0] !== "store";
  const [name = "", ...args] = isPlain ? words : words.slice(1);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined && !isPlain) throw unknown(name);
  if (load === undefined || (isPlain && PROGRAMS.includes(name) && !(await isAboutCid(args))))
    return undefined;
  return { run: (await load()).run, args };
}

async function isAboutCid(args: readonly ByteString[]): Promise<boolean> {
  if (args.length === 1 && args[0] === "--help") return true;
  if (args.some((word) => /^:{3,4}\+?$/.test(word))) return false;
  const { hasCid } = await import("./commands/store-path.ts");
  return args.some((word) => !word.startsWith("-") && hasCid(word));
}

function unknown(name: ByteString): YonderError {
  return new YonderError("USAGE", {
    message: `yonder store: "${decodeText(name)}" is none of ${Object.keys(COMMANDS).join(", ")}`,
    remedy: "yonder help store says what they do",
    exitCode: 2,
  });
}
