import type { Readable } from "node:stream";
import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { SessionEnded } from "./host-shell.ts";
import type { Site, Told } from "./site.ts";

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
  const child = site.connection.open(`exec sh -c ${quoteWord(`LC_ALL=C; export LC_ALL; ${script}`)}`, [
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
