import { spawn } from "node:child_process";
import { type ByteString, bytesOf, decodeText, encodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import { FACT_GROUPS, type HostFacts } from "../../launch/ssh/facts/facts.ts";
import { measureFacts } from "../../launch/ssh/facts/measure-facts.ts";
import type { Login } from "../../launch/ssh/login.ts";
import { type ProbeOptions, probe } from "../../launch/ssh/probe.ts";
import { printable } from "../commands/format.ts";
import type { HostReport } from "./report.ts";

export interface Examination {
  readonly report: Promise<HostReport>;
  /** Resolves when nothing of it is left, here or there. */
  readonly over: Promise<void>;
}

/** Goes to a host and asks for all that it tells. */
export function examine(login: Login, options: ProbeOptions): Examination {
  const { result, closed } = probe(login, options, (connection) => measureFacts(connection, FACT_GROUPS));
  const name = printable(login.name);
  const report = result.then(
    ({ loginMs, value: facts }): HostReport => ({ type: "ok", name, loginMs, facts }),
    (error: Error): HostReport => failed(login, error),
  );
  return { report, over: closed };
}

/** The same of this machine, which needs no login. */
export function examineHere(): Examination {
  const report = factsOfHere().then((facts): HostReport => ({ type: "ok", name: ":", loginMs: 0, facts }));
  return { report, over: report.then(() => {}) };
}

export function factsOfHere(): Promise<HostFacts> {
  return measureFacts({ control: { run: runHere } }, FACT_GROUPS);
}

function runHere(source: ByteString): Promise<{ exitCode: number; output: ByteString }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ exitCode: number; output: ByteString }>();
  const child = spawn("/bin/sh", ["-c", decodeText(source)], { stdio: ["ignore", "pipe", "ignore"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("error", reject);
  child.on("close", (status) => resolve({ exitCode: status ?? 255, output: bytesOf(Buffer.concat(chunks)) }));
  return promise;
}

function failed({ name }: Login, error: Error): HostReport {
  const named = `${decodeText(name)}: `;
  const reason = error.message.startsWith(named) ? error.message.slice(named.length) : error.message;
  return {
    type: "failed",
    name: printable(name),
    reason: printable(encodeText(reason)),
    remedy: error instanceof YonderError ? error.remedy : undefined,
  };
}
