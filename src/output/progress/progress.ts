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

/** Draws progress below the output. `draw` and `finish` give what is to be written; the sink writes it. */
export interface Progress {
  /** For the sink: what to write before output goes to the same terminal. */
  readonly overlay: Overlay;
  /** How often to draw. */
  readonly intervalMs: number;
  /** What to write now; empty for nothing. */
  draw(state: ProgressState): ByteString;
  /** What to write at the end. */
  finish(state: ProgressState): ByteString;
}

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
  let drawnLines = 0;

  return {
    overlay: {
      covers: (other) => onTerminal && drawnLines > 0 && (other === fd || isTerminal(other)),
      erase,
    },
    intervalMs: 100,
    draw: (state) => {
      if (options.kind !== "panel") return gnuFrame(state);
      if (!onTerminal || state.elapsedMs < PANEL_DELAY_MS) return "";
      return panelFrame(state);
    },
    finish: (state) => {
      if (options.kind === "panel") return erase();
      const frame = gnuFrame(state);
      drawnLines = 0;
      return `${frame}\n`;
    },
  };

  function gnuFrame(state: ProgressState): ByteString {
    drawnLines = 1;
    if (options.kind === "bar") return encodeText(renderBar(state, columns()));
    const header = hasHeader ? "" : progressHeader(availableParallelism(), state.slots);
    hasHeader = true;
    return header + renderProgress(state, options.kind === "eta");
  }

  /** Overwrites the lines that stand there, so that nothing flickers. */
  function panelFrame(state: ProgressState): ByteString {
    const lines = renderPanel(state, { ...style, width: columns() });
    const toFirst = drawnLines > 1 ? `\x1b[${drawnLines - 1}A` : "";
    drawnLines = lines.length;
    return encodeText(`${toFirst}\r${lines.join("\x1b[K\n")}\x1b[J`);
  }

  function erase(): ByteString {
    if (drawnLines === 0 || !onTerminal) return "";
    const toFirst = drawnLines > 1 ? `\x1b[${drawnLines - 1}A` : "";
    drawnLines = 0;
    return `${toFirst}\r\x1b[J`;
  }
}

function isUtf8(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || "");
}
