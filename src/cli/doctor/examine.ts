import { decodeText, encodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import { FACT_GROUPS } from "../../launch/ssh/facts/facts.ts";
import { factsOfHere } from "../../launch/ssh/facts/facts-of-here.ts";
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
  const report = factsOfHere(FACT_GROUPS).then(
    (facts): HostReport => ({ type: "ok", name: ":", loginMs: 0, facts }),
  );
  return { report, over: report.then(() => {}) };
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
