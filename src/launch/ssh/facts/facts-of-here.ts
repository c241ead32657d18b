import { type ByteString, bytesOf, decodeText } from "../../../bytes/bytes.ts";
import { startChild } from "../../../child/start.ts";
import type { FactGroup, HostFacts } from "./facts.ts";
import { measureFacts } from "./measure-facts.ts";

/** The same of this machine, which needs no login. */
export function factsOfHere(groups: readonly FactGroup[]): Promise<HostFacts> {
  return measureFacts({ control: { run: runHere } }, groups);
}

function runHere(source: ByteString): Promise<{ exitCode: number; output: ByteString }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ exitCode: number; output: ByteString }>();
  const child = startChild("/bin/sh", ["-c", decodeText(source)], { stdio: ["ignore", "pipe", "ignore"] });
  const chunks: Buffer[] = [];
  child.stdout!.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("error", reject);
  child.on("close", (status) => resolve({ exitCode: status ?? 255, output: bytesOf(Buffer.concat(chunks)) }));
  return promise;
}
