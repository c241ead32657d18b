import { decodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import { type Connection, type ConnectOptions, connect } from "./connection.ts";
import { byHand, type Login } from "./login.ts";

export interface ProbeOptions extends Pick<ConnectOptions, "directory" | "id" | "env"> {
  /** For the login and the answer together. */
  readonly limitMs: number;
}

export interface Probe<T> {
  /**
   * @throws YonderError HOST where the host cannot be reached, or does not answer in time
   */
  readonly result: Promise<{ readonly loginMs: number; readonly value: T }>;
  /** Resolves when nothing is left there or here. */
  readonly closed: Promise<void>;
}

/** Goes to a host, asks it something, and leaves again. */
export function probe<T>(
  login: Login,
  options: ProbeOptions,
  ask: (connection: Connection) => Promise<T>,
): Probe<T> {
  const { limitMs, ...rest } = options;
  const startMs = performance.now();
  const connected = connect(login, { ...rest, silenceMs: limitMs, onLost() {} });
  const result = connected.then(async (connection) => {
    const loginMs = performance.now() - startMs;
    return { loginMs, value: await inTime(ask(connection), limitMs - loginMs, login, limitMs) };
  });
  const closed = result.then(
    () => {},
    () => {},
  );
  return {
    result,
    closed: closed
      .then(() => connected)
      .then(
        (connection) => connection.close(),
        () => {},
      ),
  };
}

async function inTime<T>(answer: Promise<T>, restMs: number, login: Login, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `${decodeText(login.name)}: it let us in, and then gave no answer within ${limitMs / 1000} s`;
      reject(new YonderError("HOST", { message, remedy: `try by hand: ${byHand(login)}` }));
    }, restMs);
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
