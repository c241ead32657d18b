import type { ShellKind } from "./facts.ts";

/**
 * How fast one CPU of a host is, from a loop that its shell runs: 1 is a thread of an AMD EPYC 7003 at 2.4 GHz that has
 * its core for itself. Good for saying which of two hosts is faster, and roughly how much: frequency scaling, busy siblings
 * and how the shell was compiled make it wrong by a quarter, and sometimes by half. It is CPU time, so that other load
 * of the host does not count.
 *
 * @param text what SPEED_SCRIPT printed
 * @return undefined where the host's kernel does not count nanoseconds, or its shell is one that we do not know
 */
export function speedOf(text: string, shell: ShellKind | undefined): number | undefined {
  const reference = shell === undefined ? undefined : ROUNDS_PER_MS[shell];
  const [rounds, ...pairs] = text.trim().split("\n");
  const costs = pairs.flatMap((pair) => {
    const [begin = NaN, end = NaN] = pair.split(" ").map(Number);
    return end > begin ? [(end - begin) / 1e6] : [];
  });
  if (reference === undefined || costs.length === 0) return undefined;
  // The fastest one was disturbed the least.
  return Number(rounds) / Math.min(...costs) / reference;
}

/**
 * Shells differ by more than machines do. Medians of 60 rounds in turns on the machine that is the unit. ksh runs the
 * subshell of our script in its own process, so that its account is not up to date.
 */
const ROUNDS_PER_MS: Readonly<Record<ShellKind, number | undefined>> = {
  dash: 620,
  busybox: 495,
  bash: 200,
  mksh: 305,
  zsh: 236,
  yash: 213,
  ksh: undefined,
};

/**
 * Builtins only. The empty subshell makes the kernel bring its account of our time up to date: otherwise that may be as
 * old as a tick of its clock.
 */
export const SPEED_SCRIPT = `n=2000
[ -z "$BASH_VERSION$ZSH_VERSION$YASH_VERSION" ] || n=800
echo $n
for k in 1 2 3; do (:); read -r a r </proc/self/schedstat || break
i=0; while [ $i -lt $n ]; do i=$((i+1)); done
(:); read -r b r </proc/self/schedstat; echo $a $b; done`;
