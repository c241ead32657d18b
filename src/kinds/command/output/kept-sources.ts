import { statSync } from "node:fs";
import { type ByteString, bufferOf } from "../../../bytes/bytes.ts";
import type { OutputSpec, Wrote } from "../../../interface/launcher.ts";
import type { OutputSource } from "../../../journal/keeper.ts";
import type { AttemptOutput } from "../../../journal/writer.ts";

/** What the journal may keep of an attempt's output. */
export function sourcesOf(output: OutputSpec | undefined, wrote: Wrote | undefined): AttemptOutput {
  if (output?.type !== "files") return {};
  const stdout = wrote?.stdout === false ? undefined : sourceAt(output.stdout);
  const stderr = wrote?.stderr === false ? undefined : sourceAt(output.stderr);
  if (stdout === undefined && stderr === undefined) return {};
  return { ...(stdout && { stdout }), ...(stderr && { stderr }) };
}

function sourceAt(path: ByteString): OutputSource | undefined {
  const sizeBytes = statSync(bufferOf(path), { throwIfNoEntry: false })?.size ?? 0;
  return sizeBytes === 0 ? undefined : { type: "file", path, sizeBytes };
}
