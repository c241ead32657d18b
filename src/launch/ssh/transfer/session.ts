import type { Readable } from "node:stream";
import { type ByteString, isText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { hostFailure } from "./host-error.ts";
import { SessionEnded } from "./host-shell.ts";
import { ask, type Site, type Told } from "./site.ts";

export interface SessionEnds {
  /** Default: nothing. A number is a descriptor, which ssh gets as it is: its bytes do not pass through here. */
  readonly input?: number | Readable;
  /** Default: it is told. */
  readonly output?: number;
}

/** Enough for a digest and what stands around it. */
const OUTPUT_MAX = 65_536;

/**
 * Runs a script on the host in a session of its own: what takes long, and would hold up the others.
 *
 * @throws SessionEnded where it has not come to its end
 */
export async function runSession(site: Site, script: ByteString, ends: SessionEnds = {}): Promise<Told> {
  const { input = "ignore", output = "pipe" } = ends;
  const isStream = typeof input === "object";
  const child = site.connection.open(await commandFor(site, `LC_ALL=C; export LC_ALL; ${script}`), [
    isStream ? "pipe" : input,
    output,
    "pipe",
  ]);
  const kill = (): void => void child.kill("SIGKILL");
  site.closing.addEventListener("abort", kill);
  const texts = { output: "", complaint: "" };
  const collect = (name: "output" | "complaint") => (bytes: Buffer) => {
    texts[name] = (texts[name] + bytes.toString("latin1")).slice(-OUTPUT_MAX);
  };
  child.stdout?.on("data", collect("output"));
  child.stderr!.on("data", collect("complaint"));
  child.stdin?.on("error", () => {}); // its end says why
  if (isStream) input.on("error", kill).pipe(child.stdin!);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (status === null || status === 255) throw new SessionEnded(texts.complaint);
    return { status, ...texts };
  } finally {
    site.closing.removeEventListener("abort", kill);
  }
}

let lastFile = 0;

/** Not every login shell takes all of it as it is in quotes, and ssh is called with text: then it goes there as a file. */
async function commandFor(site: Site, script: ByteString): Promise<ByteString> {
  if (isText(script) && !/[\n!]/.test(script)) return `exec sh -c ${quoteWord(script)}`;
  const file = quoteWord(`${site.connection.control.directory}/t${++lastFile}`);
  const { status, complaint } = await ask(site, {
    script: `printf %s ${quoteWord(`rm ${file}\n${script}`)} >${file}`,
  });
  if (status !== 0) throw hostFailure(site.connection, "cannot start a session", complaint);
  return `exec sh ${file}`;
}
