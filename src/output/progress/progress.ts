import { availableParallelism } from "node:os";
import { type ByteString, encodeText } from "../../bytes/bytes.ts";
import { isTerminal } from "../descriptor.ts";
import type { Canvas, Overlay } from "../writer-types.ts";
import { progressHeader, renderBar, renderProgress } from "./gnu.ts";
import { renderPanel } from "./panel.ts";
import type { ProgressState } from "./state.ts";
import { terminalTaken } from "./taken.ts";

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
  /** Somebody else has the terminal, so that a panel would be in the way. */
  readonly isTaken?: () => boolean;
}

/** Draws progress below the output, at most ten times a second. */
export interface Progress {
  /** For the sink: what to write before output goes to the same terminal. */
  readonly overlay: Overlay;
  /** Draws from now on. */
  start(canvas: Canvas, state: () => ProgressState): void;
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
  const columns = options.columns ?? (() => (onTerminal ? process.stderr.columns || 80 : 80));
  const style = { unicode: options.unicode ?? isUtf8(), color: options.color ?? !process.env["NO_COLOR"] };
  let hasHeader = false;
  // Something stands on the terminal, or is on its way there. The cursor is at the start of its first line.
  let isDrawn = false;
  let source: { canvas: Canvas; state: () => ProgressState } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const isTaken = options.isTaken ?? terminalTaken();

  return {
    overlay: {
      fd,
      covers: (other) => onTerminal && isDrawn && (other === fd || isTerminal(other)),
      erase,
    },
    start: (canvas, state) => {
      source = { canvas, state };
      // The job, not its progress, decides how long the process lives.
      timer = setInterval(tick, INTERVAL_MS).unref();
    },
    tick,
    stop: () => {
      clearInterval(timer);
      if (source === undefined) return;
      const { canvas, state } = source;
      source = undefined;
      if (options.kind !== "panel") canvas.drawLast(`${gnuFrame(state())}\n`);
      else if (isDrawn) canvas.drawLast(ERASURE);
      isDrawn = false;
    },
  };

  function tick(): void {
    if (source === undefined) return;
    const state = source.state();
    if (options.kind !== "panel") {
      if (!source.canvas.draw(gnuFrame(state))) return;
      hasHeader = true;
      isDrawn = true;
      return;
    }
    if (!onTerminal || (state.elapsedMs < PANEL_DELAY_MS && !isDrawn) || isTaken()) return;
    const lines = renderPanel(state, { ...style, width: columns() });
    if (source.canvas.draw(encodeText(panelFrame(lines)))) isDrawn = true;
  }

  function gnuFrame(state: ProgressState): ByteString {
    if (options.kind === "bar") return encodeText(renderBar(state, columns()));
    const header = hasHeader ? "" : progressHeader(availableParallelism(), state);
    return header + renderProgress(state, options.kind === "eta");
  }

  function erase(): ByteString {
    if (!isDrawn || !onTerminal) return "";
    isDrawn = false;
    return ERASURE;
  }
}

/**
 * This line, and all below. Not by one \x1b[J: where the panel is the first on the screen, tmux would keep what that
 * clears in its history.
 */
const ERASURE = "\r\x1b[K\x1b7\x1b[B\x1b[J\x1b8";

/**
 * Over the lines that stand there, so that nothing flickers. No line wraps, also where the terminal has just become
 * narrower than they are. The cursor goes back to where it was: what a terminal echoes (ctrl-C) and a new width, which
 * moves the lines below the cursor, then cannot bring it out of place.
 */
function panelFrame(lines: readonly string[]): string {
  const back = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
  return `\r\x1b[?7l${lines.join("\x1b[K\r\n")}\x1b[J\x1b[?7h${back}\r`;
}

function isUtf8(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}
