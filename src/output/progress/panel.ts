import { decodeText } from "../../bytes/bytes.ts";
import { doneOf, etaMs, type ProgressState } from "./state.ts";
import { clip, duration } from "./text.ts";

export interface PanelStyle {
  readonly width: number;
  /** The terminal shows UTF-8. */
  readonly unicode: boolean;
  readonly color: boolean;
}

const WIDTH_MIN = 20;

/** A task that has been running for less is not worth a line. */
const SLOW_MS = 2000;

/**
 * yonder's own progress: a line of counts, and a line about the slowest running task where it is slow. No line is
 * wider than `width` - 1, so that none wraps. In a narrow terminal the least important goes first.
 */
export function renderPanel(state: ProgressState, style: PanelStyle): string[] {
  const width = Math.max(WIDTH_MIN, style.width) - 1;
  const lines = [countsLine(state, style, width)];
  const slowest = slowestLine(state);
  if (slowest !== undefined && style.width >= WIDTH_MIN * 2) lines.push(clip(slowest, width));
  return lines;
}

/** A part of the line; those of higher rank stay when room is short. */
interface Part {
  readonly text: string;
  readonly rank: number;
  readonly isAlarming?: boolean;
}

function countsLine(state: ProgressState, style: PanelStyle, width: number): string {
  let parts = partsOf(state);
  const separator = style.unicode ? " · " : ", ";
  const lengthOf = (some: readonly Part[]): number => some.map(({ text }) => text).join(separator).length;
  while (parts.length > 1 && lengthOf(parts) > width) {
    const least = Math.min(...parts.map(({ rank }) => rank));
    parts = parts.filter(({ rank }) => rank !== least);
  }
  const bar = progressBar(state, style, width - lengthOf(parts) - 1);
  const text = parts.map((part) => painted(part, style)).join(separator);
  return parts.length === 1 ? clip(parts[0]!.text, width) : bar + text;
}

function partsOf(state: ProgressState): Part[] {
  const done = doneOf(state);
  const eta = etaMs(state);
  const left = state.total === undefined ? undefined : state.total - done - state.running;
  const waiting = state.waiting ?? left;
  const parts: (Part | undefined)[] = [
    { text: state.total === undefined ? `${done} done` : `${done}/${state.total} done`, rank: 7 },
    state.failed === 0 ? undefined : { text: `${state.failed} failed`, rank: 6, isAlarming: true },
    { text: `${state.running} running`, rank: 4 },
    waiting === undefined || waiting <= 0 ? undefined : { text: `${waiting} waiting`, rank: 1 },
    { text: `${Math.min(state.running, state.slots)}/${state.slots} slots`, rank: 0 },
    done === 0 ? undefined : { text: rate(done, state.elapsedMs), rank: 2 },
    eta === undefined
      ? { text: duration(state.elapsedMs), rank: 3 }
      : { text: `${duration(eta)} left`, rank: 5 },
  ];
  return parts.filter((part) => part !== undefined);
}

function rate(done: number, elapsedMs: number): string {
  const perSecond = (done * 1000) / Math.max(1, elapsedMs);
  if (perSecond >= 10) return `${Math.round(perSecond)}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  return `${(perSecond * 60).toFixed(1)}/min`;
}

const BAR_WIDTH_MAX = 24;
const BAR_WIDTH_MIN = 6;

/** With a blank after it; empty where there is no room or no end in sight. */
function progressBar(state: ProgressState, style: PanelStyle, room: number): string {
  const width = Math.min(BAR_WIDTH_MAX, room - 2);
  if (state.total === undefined || state.total === 0 || width < BAR_WIDTH_MIN) return "";
  const filled = Math.min(width, Math.floor((width * doneOf(state)) / state.total));
  const [full, empty] = style.unicode ? ["█", "░"] : ["#", "-"];
  const bar = full.repeat(filled) + empty.repeat(width - filled);
  return style.unicode ? `${bar} ` : `[${bar}] `;
}

function painted(part: Part, style: PanelStyle): string {
  return part.isAlarming && style.color ? `\x1b[31m${part.text}\x1b[39m` : part.text;
}

function slowestLine({ slowest }: ProgressState): string | undefined {
  if (slowest === undefined || slowest.elapsedMs < SLOW_MS) return undefined;
  return `slowest: ${duration(slowest.elapsedMs)}  ${decodeText(slowest.command)}`;
}
