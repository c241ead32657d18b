import { decodeText } from "../../bytes/bytes.ts";
import { doneOf, etaMs, type HostProgress, type ProgressState } from "./state.ts";
import { fit } from "./text.ts";

/**
 * --bar: two texts that overwrite each other. The first, with its # and the percentage on a line of their own when \r is
 * read as a line's end, is what zenity --progress reads.
 */
export function renderBar(state: ProgressState, width: number): string {
  const done = doneOf(state);
  const total = Math.max(state.total ?? done + state.running, done);
  const percent = total === 0 ? 0 : (100 * done) / total;
  const eta = Math.trunc((etaMs({ ...state, total }) ?? 0) / 1000);
  const argument = decodeText(state.latestArgument ?? "").replace(/[\x00-\x1f\x7f]/g, " ");
  const zenity = fit(`# ${String(eta).padStart(3)} sec ${argument}`, width);
  const bar = fit(`${Math.floor(percent)}% ${done}:${total - done}=${eta}s ${argument}`, width);
  const filled = Math.floor((width * percent) / 100);
  const number = Number(percent.toPrecision(15));
  return `\r${zenity}\r${number}\r\x1b[7m${bar.slice(0, filled)}\x1b[0m${bar.slice(filled)}\x1b[0m`;
}

/** What --progress and --eta print once, before the first progress line. */
export function progressHeader(cores: number, { slots, hosts }: ProgressState): string {
  const lines = (hosts ?? [{ name: "local", cpus: cores, slots }]).map(
    ({ name, cpus, slots: most }, index) => `${index + 1}:${name} / ${cpus} / ${most}\n`,
  );
  return (
    `\nComputers / CPU cores / Max jobs to run\n${lines.join("")}\n` +
    "Computer:jobs running/jobs completed/%of started jobs/Average seconds to complete\n"
  );
}

/** --progress, with `withEta` --eta. */
export function renderProgress(state: ProgressState, withEta: boolean): string {
  const done = doneOf(state);
  const averageS = done === 0 ? 0 : state.elapsedMs / done / 1000;
  const computers =
    state.hosts === undefined
      ? `local:${state.running}/${done}/100%/${averageS.toFixed(1)}s `
      : state.hosts.map((host) => hostText(host, state)).join("  ");
  if (!withEta) return `\r${computers}`;
  const left = Math.max(0, (state.total ?? done + state.running) - done);
  const etaS = Math.trunc(averageS * left);
  return `\rETA: ${etaS}s Left: ${left} AVG: ${averageS.toFixed(2)}s  ${computers}`;
}

function hostText({ name, running, done, totalMs }: HostProgress, { hosts = [] }: ProgressState): string {
  const started = hosts.reduce((sum, host) => sum + host.running + host.done, 0);
  const share = started === 0 ? 0 : (100 * (running + done)) / started;
  const averageS = done === 0 ? 0 : totalMs / done / 1000;
  return `${name}:${running}/${done}/${Math.trunc(share)}%/${averageS.toFixed(1)}s`;
}
