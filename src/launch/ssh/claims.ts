import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { Control } from "./control.ts";

/**
 * Files on a host that decide who has an attempt: its slot shell, which begins it, or we, who take it back. Whoever
 * creates one first has it.
 */
export interface Claims {
  /** False where the host has turned out to have no room for files: then nothing may wait in its slots. */
  works: boolean;
  next(): number;
  /**
   * Takes those that the shell has not: of a line, the last ones. Runs `after` there if it got all of them.
   * Nothing where the connection is gone.
   */
  take(claims: readonly number[], after?: ByteString): Promise<ReadonlySet<number>>;
  /** The attempt is over. */
  done(claim: number): void;
}

/** So many files of attempts that are over may lie there. */
const LITTER_MAX = 1000;

export function openClaims(control: Control): Claims {
  let last = 0;
  let litter: number[] = [];
  return {
    works: true,
    next: () => ++last,
    async take(claims, after = ":") {
      // From the back: the shell, which comes from the front, can then only have those before the ones that we have.
      const files = [...claims].reverse().map((claim) => `c${claim}`);
      const source =
        `cd ${quoteWord(control.directory)} && set -C || exit; ` +
        `for c in ${files.join(" ")}; do if true >$c; then echo $c; else exit; fi; done 2>/dev/null\n${after}`;
      try {
        const { output } = await control.run(source);
        return new Set([...output.matchAll(/^c(\d+)$/gm)].map(([, number]) => Number(number)));
      } catch {
        return new Set();
      }
    },
    done(claim) {
      litter.push(claim);
      if (litter.length < LITTER_MAX) return;
      const files = litter.map((number) => `c${number}`).join(" ");
      litter = [];
      control.run(`cd ${quoteWord(control.directory)} && rm -f ${files}`).catch(() => {});
    },
  };
}
