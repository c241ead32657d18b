import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptEnd, AttemptSpec, StdinSpec } from "../../interface/launcher.ts";
import type { Connection } from "./connection.ts";
import { openControl } from "./control.ts";
import { type SshLauncher, sshLauncher } from "./launcher.ts";

/** For tests: slots as on a host, but without ssh. Its sessions are shells of this machine. */
export interface FixtureHost {
  readonly launcher: SshLauncher;
  readonly connection: Connection;
  /** Ids of attempts that came back without having begun. They are started again at once. */
  readonly returned: readonly number[];
  /** What is in the temporary directory there. */
  files(): string[];
  attempt(command: string, more?: More): AttemptSpec;
  /** Resolves when it has ended, with what it wrote. */
  ended(attempt: AttemptSpec): Promise<Ended>;
  /** Starts it, and waits for its end. */
  run(command: string, more?: More): Promise<Ended>;
  close(): Promise<void>;
}

export interface More {
  readonly slot?: number;
  readonly stdin?: StdinSpec;
}

export interface Ended extends AttemptEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param sh a command that is `sh` there, such as `busybox sh`
 * @param login the login shell
 */
export async function fixtureHost(sh: string, login = "/bin/sh"): Promise<FixtureHost> {
  const directory = mkdtempSync(join(tmpdir(), "yonder-fixture-"));
  const [bin, tmp, captured] = ["bin", "tmp", "captured"].map((name) => join(directory, name)) as Paths;
  for (const path of [bin, tmp, captured]) mkdirSync(path);
  const [program = sh, ...args] = sh.split(" ");
  if (args.length === 0) symlinkSync(program, join(bin, "sh"));
  else writeFileSync(join(bin, "sh"), `#!/bin/sh\nexec ${sh} "$@"\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}`, TMPDIR: tmp, SHELL: login };

  /** As sshd does it: a group of its own for each session, and the login shell. */
  function session(command: string, stdio: Parameters<Connection["open"]>[1]): ChildProcess {
    return spawn(login, ["-c", command], { stdio, env, detached: true });
  }

  const master = session("exec sh", ["pipe", "pipe", "ignore"]);
  const control = openControl(master.stdin!, master.stdout!, 15_000);
  const over = new Promise<void>((resolve) => master.on("close", () => resolve()));
  void over.then(() => control.end("it has ended"));
  await control.ready;

  const connection: Connection = {
    login: { name: "here", command: [] },
    control,
    open: (command, stdio, redirection = "") => session(`${command} ${redirection}`, stdio),
    words: () => [],
    use() {},
    async close() {
      control.close();
      await over;
    },
  };
  const returned: number[] = [];
  const attempts = new Map<number, AttemptSpec>();
  const ends = new Map<number, AttemptEnd>();
  const waiting = new Map<number, () => void>();
  const launcher = sshLauncher({
    connection,
    slotEnv: (slot) => [["PARALLEL_JOBSLOT", String(slot)]],
    onEnd(end) {
      if (ends.has(end.id)) throw new Error(`attempt ${end.id} has ended twice`);
      ends.set(end.id, end);
      waiting.get(end.id)?.();
    },
    onReturn(id) {
      returned.push(id);
      launcher.start(attempts.get(id)!);
    },
    onShortage: (slot, shortage) => {
      throw new Error(`slot ${slot} is short of ${shortage}`);
    },
  });
  const pathOf = (id: number, stream: string): string => join(captured, `${id}.${stream}`);
  const readIf = (path: string): string => (existsSync(path) ? readFileSync(path, "latin1") : "");
  let lastId = 0;

  const host: FixtureHost = {
    launcher,
    connection,
    returned,
    files: () => readdirSync(tmp, { recursive: true, encoding: "utf8" }).sort(),
    attempt(command, { slot = 1, stdin = { type: "null" } }: More = {}) {
      const id = ++lastId;
      const output = { type: "files", stdout: pathOf(id, "out"), stderr: pathOf(id, "err") } as const;
      const attempt: AttemptSpec = {
        id,
        slot,
        command,
        env: [["PARALLEL_SEQ", String(id)]],
        stdin,
        output,
      };
      attempts.set(id, attempt);
      return attempt;
    },
    async ended({ id }) {
      if (!ends.has(id)) await new Promise<void>((resolve) => waiting.set(id, resolve));
      return { ...ends.get(id)!, stdout: readIf(pathOf(id, "out")), stderr: readIf(pathOf(id, "err")) };
    },
    run(command, more) {
      const attempt = host.attempt(command, more);
      launcher.start(attempt);
      return host.ended(attempt);
    },
    async close() {
      await launcher.close();
      await connection.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  return host;
}

type Paths = [string, string, string];
