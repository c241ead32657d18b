import { YonderError } from "../../interface/errors.ts";

/** A machine that tasks may run on, as `connect` was told of it. */
export interface Target {
  /** What ssh is told: `host`, `user@host`; ":" for this machine. */
  readonly login: string;
  readonly port: number | undefined;
  /** Threads for tasks there. Undefined: as many as it has cores. */
  readonly threads: number | undefined;
}

/** This machine. */
export const HERE = ":";

const FORM = "ssh://[THREADS/][USER@]HOST[:PORT],…";

/**
 * The machines of `ssh://8/alice,bob@carol:2222,:`.
 *
 * @throws YonderError USAGE
 */
export function parseTargets(text: string): readonly Target[] {
  const scheme = "ssh://";
  if (!text.startsWith(scheme)) {
    throw new YonderError("USAGE", {
      message: `connect(${JSON.stringify(text)}): this is no kind of place that yonder knows`,
      remedy: `name machines: ${FORM}, or call connect() for this one`,
    });
  }
  const targets = text.slice(scheme.length).split(",").map(parseTarget);
  const twice = targets.find(({ login, port }, at) =>
    targets.some((other, index) => index < at && other.login === login && other.port === port),
  );
  if (twice !== undefined) throw wrong(text, `${twice.login} is there twice`);
  return targets;
}

function parseTarget(word: string): Target {
  const [, threads, login = "", port] = /^(?:(\d+)\/)?(:|[^:/\s]+)(?::(\d+))?$/.exec(word.trim()) ?? [];
  if (login === "" || login.startsWith("-") || threads === "0") throw wrong(word, "this names no machine");
  return {
    login,
    port: port === undefined ? undefined : Number(port),
    threads: threads === undefined ? undefined : Number(threads),
  };
}

function wrong(text: string, why: string): YonderError {
  return new YonderError("USAGE", {
    message: `connect: ${why}: ${JSON.stringify(text)}`,
    remedy: `write ${FORM}; ":" is this machine`,
  });
}
