import { type ByteString, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { CommandIo } from "./commands/io.ts";

/** Words that are paths are bytes. */
type BytesCommand = (args: readonly ByteString[], io: CommandIo) => Promise<number>;
type TextCommand = (args: readonly string[], io: CommandIo) => Promise<number>;

/** `yonder store NAME`; `put`, `get` and `pin` also without `store`, since no program has their names. */
const COMMANDS: Readonly<Record<string, () => Promise<BytesCommand>>> = {
  put: async () => (await import("./commands/put.ts")).run,
  get: async () => (await import("./commands/get.ts")).run,
  cat: async () => (await import("./commands/cat.ts")).run,
  ls: async () => (await import("./commands/ls.ts")).run,
  stat: async () => (await import("./commands/stat.ts")).run,
  car: async () => (await import("./commands/car.ts")).run,
  pin: async () => ofText((await import("./commands/pin.ts")).run),
  unpin: async () => ofText((await import("./commands/unpin.ts")).run),
  pins: async () => ofText((await import("./commands/pins.ts")).run),
  name: async () => ofText((await import("./commands/name.ts")).run),
  verify: async () => ofText((await import("./commands/verify.ts")).run),
};

/**
 * The command that the words are about, the first of which is `store` or a short form.
 *
 * @throws YonderError USAGE for an unknown word behind `store`
 */
export async function storeCommand(
  words: readonly ByteString[],
): Promise<(io: CommandIo) => Promise<number>> {
  const [name = "--help", ...args] = words[0] === "store" ? words.slice(1) : words;
  if (name === "--help" || name === "-h") {
    const { run } = await import("./commands/help.ts");
    return (io) => run(["store"], io, async () => undefined);
  }
  if (!Object.hasOwn(COMMANDS, name)) throw unknown(name);
  const run = await COMMANDS[name]!();
  return (io) => run(args, io);
}

function ofText(run: TextCommand): BytesCommand {
  return (args, io) => run(args.map(decodeText), io);
}

function unknown(name: ByteString): YonderError {
  return new YonderError("USAGE", {
    message: `yonder store: "${decodeText(name)}" is none of ${Object.keys(COMMANDS).join(", ")}`,
    remedy: "yonder help store says what they do",
    exitCode: 2,
  });
}
