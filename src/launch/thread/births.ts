import { YonderError } from "../../interface/errors.ts";
import { type HostName, machineOf } from "./host-name.ts";

/** Which hosts come up: where none does, to start more of them would keep a core busy and bring nothing. */
export interface Births {
  cameUp(host: HostName): void;
  /** One has ended before it came up. @returns the error for those who need it */
  failed(host: HostName, why: string): YonderError;
  /** Why there is no sense in starting one now; undefined where there is. */
  failureOf(host: HostName): YonderError | undefined;
}

const TRIES = 2;
/** Then it is tried again: there may have been too little memory. */
const REST_MS = 1000;

interface Failure {
  count: number;
  error: YonderError;
  atMs: number;
}

export function createBirths(): Births {
  /** By the machine, and by what they are: threads come up where processes do not. */
  const failures = new Map<string, Failure>();
  return {
    cameUp: (host) => void failures.delete(kindOf(host)),
    failed(host, why) {
      const count = (failures.get(kindOf(host))?.count ?? 0) + 1;
      const error = cannotStart(host, why);
      failures.set(kindOf(host), { count, error, atMs: performance.now() });
      return error;
    },
    failureOf(host) {
      const failure = failures.get(kindOf(host));
      const isOver = failure === undefined || performance.now() - failure.atMs > REST_MS;
      return isOver || failure.count < TRIES ? undefined : failure.error;
    },
  };
}

function kindOf(host: HostName): string {
  return `${host < 0 ? "process" : "thread"} ${machineOf(host)}`;
}

function cannotStart(host: HostName, why: string): YonderError {
  const isOwnFile = /Cannot find module .*\b(worker|child)\.js/.test(why);
  return new YonderError("LAUNCH", {
    message: `no ${host < 0 ? "process" : "thread"} for tasks comes up: ${why}`,
    remedy: isOwnFile
      ? "keep yonder-run out of the bundle (esbuild: --external:yonder-run) and install it beside: see docs/guide/bundlers.md"
      : "mend what node runs before it: what --import, --require, --loader and NODE_OPTIONS name is loaded by workers too",
  });
}
