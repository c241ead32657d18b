import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { program } from "../program.ts";

/** A real terminal (tmux) with a shell in it, and `yonder` and `parallel` in that. */
export interface Screen extends AsyncDisposable {
  /** Where the shell is: a scratch directory, also its home. */
  readonly directory: string;
  /** Types a line. */
  type(line: string): void;
  /** Presses keys, by tmux's names: C-c, Enter. */
  press(...keys: string[]): void;
  /** Runs a command beside the terminal. */
  shell(command: string): void;
  resize(columns: number): void;
  /** What it shows now, without the blanks at the ends of lines and the empty lines at the end. */
  lines(): string[];
  /** Resolves with what it shows once that holds; rejects with what it shows after a long time. */
  when(holds: (lines: readonly string[]) => boolean): Promise<string[]>;
  /** Once the shell has its prompt again: what stands between the last line that was typed and that prompt. */
  result(): Promise<string[]>;
}

/** With the number of the command that it asks for. */
const promptOf = (command: number): string => `PROMPT${command}>`;
const PATIENCE_MS = 30_000;

export const hasTmux: boolean = spawnSync("tmux", ["-V"]).status === 0;

export async function openScreen(columns: number): Promise<Screen> {
  const directory = mkdtempSync(join(tmpdir(), "yonder-screen-"));
  const socket = join(directory, "tmux");
  const call = (...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync("tmux", ["-f", "/dev/null", "-S", socket, ...words], {
      encoding: "utf8",
      env: environment(directory),
      cwd: directory,
    });
    if (status !== 0) throw new Error(`tmux ${words.join(" ")}: ${stderr}`);
    return stdout;
  };
  const files = { yonder: program, parallel: join(dirname(program), "parallel") };
  const functions = Object.entries(files).map(
    ([name, file]) => `${name}() { command '${process.execPath}' '${file}' "$@"; }`,
  );
  writeFileSync(join(directory, "rc"), `${functions.join("\n")}\nPS1='PROMPT\\#> '\n`);
  call("new-session", "-d", "-x", `${columns}`, "-y", "40", "exec bash --noprofile --rcfile ./rc -i");
  let typed = 0;

  const screen: Screen = {
    directory,
    type(line) {
      typed++;
      call("send-keys", "-l", line);
      call("send-keys", "Enter");
    },
    press: (...keys) => void call("send-keys", ...keys),
    shell(command) {
      const options = { env: environment(directory), cwd: directory };
      spawnSync("bash", ["-c", `. ./rc; ${command}`], options);
    },
    resize: (width) => void call("resize-window", "-x", `${width}`, "-y", "40"),
    lines() {
      // With lines that wrapped as one, and the history: what was typed may be wider than the terminal.
      const shown = call("capture-pane", "-p", "-J", "-S", "-200").split("\n");
      return shown
        .join("\n")
        .trimEnd()
        .split("\n")
        .map((line) => line.trimEnd());
    },
    async when(holds) {
      for (const untilMs = Date.now() + PATIENCE_MS; Date.now() < untilMs; await sleep(50)) {
        const lines = screen.lines();
        if (holds(lines)) return lines;
      }
      throw new Error(`it never came; the screen:\n${screen.lines().join("\n")}`);
    },
    async result() {
      const lines = await screen.when((now) => now.at(-1) === promptOf(typed + 1));
      return lines.slice(lines.findLastIndex((line) => line.startsWith(promptOf(typed))) + 1, -1);
    },
    async [Symbol.asyncDispose]() {
      spawnSync("tmux", ["-S", socket, "kill-server"]);
      // The shell may be writing there until it is gone.
      rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
  await screen.when((lines) => lines.at(-1) === promptOf(1));
  return screen;
}

/** Nothing of the terminal or the CI that the tests themselves run in. */
function environment(directory: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: directory,
    XDG_STATE_HOME: join(directory, "state"),
    TMPDIR: directory,
    SHELL: "/bin/bash",
    LC_ALL: "C.UTF-8",
    HISTFILE: "",
    TERM: "xterm-256color",
  };
}
