import { availableParallelism } from "node:os";
import { type ByteString, encodeText } from "../../bytes/bytes.ts";
import { isTerminal } from "../descriptor.ts";
import type { Overlay } from "../writer.ts";
import { progressHeader, renderBar, renderProgress } from "./gnu.ts";
import { renderPanel } from "./panel.ts";
import type { ProgressState } from "./state.ts";

/** panel: yonder's own. The others are GNU parallel's. */
export type ProgressKind = "panel" | "bar" | "progress" | "eta";

export interface ProgressOptions {
  readonly kind: ProgressKind;
  /** Default 2. */
  readonly fd?: number;
  readonly isTerminal?: boolean;
  readonly unicode?: boolean;
  readonly color?: boolean;
  readonly columns?: () => number;
}

/** Draws progress below the output, at most ten times a second. */
export interface Progress {
  /** For the sink: what to write before output goes to the same terminal. */
  readonly overlay: Overlay;
  /** Draws from now on. `write` is the sink's `draw`: false while a frame would mix with output. */
  start(write: (frame: ByteString) => boolean, state: () => ProgressState): void;
  /** Draws one frame, if there is one to draw. */
  tick(): void;
  /** Removes the panel; GNU's lines get a last frame and a newline. Before the sink closes. Safe to repeat. */
  stop(): void;
}

const INTERVAL_MS = 100;

/** A job that is done before that shows no panel. */
const PANEL_DELAY_MS = 400;

/** The panel has its place where a person looks at the terminal and tasks do not write to it themselves. */
export function wantsPanel(options: { isUngrouped: boolean; env: NodeJS.ProcessEnv }): boolean {
  return isTerminal(2) && !options.isUngrouped && options.env["TERM"] !== "dumb" && !options.env["CI"];
}

export function openProgress(options: ProgressOptions): Progress {
  const fd = options.fd ?? 2;
  const onTerminal = options.isTerminal ?? isTerminal(fd);
  const columns = options.columns ?? (() => (onTerminal ? (process.stderr.columns ?? 80) : 80));
  const style = { unicode: options.unicode ?? isUtf8(), color: options.color ?? !process.env["NO_COLOR"] };
  let hasHeader = false;
  // Lines that stand on the terminal now, the cursor in the last of them.
  let drawnLines = 0;
  let source: { write: (frame: ByteString) => boolean; state: () => ProgressState } | undefined;
  let timer: NodeJS.Timeout | undefined;

  return {
    overlay: {
      covers: (other) => onTerminal && drawnLines > 0 && (other === fd || isTerminal(other)),
      erase,
    },
    start: (write, state) => {
      source = { write, state };
      // The job, not its progress, decides how long the process lives.
      timer = setInterval(tick, INTERVAL_MS).unref();
    },
    tick,
    stop: () => {
      clearInterval(timer);
      if (source === undefined) return;
      const { write, state } = source;
      source = undefined;
      if (options.kind === "panel") {
        if (drawnLines > 0) write(erase());
      } else if (write(`${gnuFrame(state())}\n`)) drawnLines = 0;
    },
  };

  function tick(): void {
    if (source === undefined) return;
    const state = source.state();
    if (options.kind !== "panel") {
      if (source.write(gnuFrame(state))) drawnLines = 1;
      hasHeader ||= drawnLines > 0;
      return;
    }
    if (!onTerminal || (state.elapsedMs < PANEL_DELAY_MS && drawnLines === 0)) return;
    const lines = renderPanel(state, { ...style, width: columns() });
    // Over the lines that stand there, so that nothing flickers.
    const frame = `${toFirstLine()}\r${lines.join("\x1b[K\n")}\x1b[J`;
    if (source.write(encodeText(frame))) drawnLines = lines.length;
  }

  function gnuFrame(state: ProgressState): ByteString {
    if (options.kind === "bar") return encodeText(renderBar(state, columns()));
    const header = hasHeader ? "" : progressHeader(availableParallelism(), state);
    return header + renderProgress(state, options.kind === "eta");
  }

  function toFirstLine(): string {
    return drawnLines > 1 ? `\x1b[${drawnLines - 1}A` : "";
  }

  function erase(): ByteString {
    if (drawnLines === 0 || !onTerminal) return "";
    const erased = `${toFirstLine()}\r\x1b[J`;
    drawnLines = 0;
    return erased;
  }
}

function isUtf8(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}
