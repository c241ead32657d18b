import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** A file that a host is to have, known by its content. */
export interface Content {
  /** SHA-256, in hexadecimal. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Where the bundled agent is, beside the bundle that this is part of. */
declare const AGENT_FILE: string | undefined;
declare const YONDER_VERSION: string | undefined;

/** The agent, one file for node. Read once. */
export function agentBundle(): Promise<Content> {
  known ??= read();
  return known;
}

let known: Promise<Content> | undefined;

async function read(): Promise<Content> {
  const bytes =
    typeof AGENT_FILE === "string" ? await readFile(new URL(AGENT_FILE, import.meta.url)) : await bundled();
  return { hash: hash("sha256", bytes), bytes };
}

/** From a checkout: no bundler must find its way from here into the library. */
async function bundled(): Promise<Uint8Array> {
  const script = new URL("../../../build/agent.ts", import.meta.url).href;
  const { bundleAgent } = (await import(script)) as {
    bundleAgent(
      version: string,
    ): Promise<{ readonly outputFiles: readonly { readonly contents: Uint8Array }[] }>;
  };
  const { outputFiles } = await bundleAgent(typeof YONDER_VERSION === "string" ? YONDER_VERSION : "source");
  return outputFiles[0]!.contents;
}
