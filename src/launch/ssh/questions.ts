import type { ByteString } from "../../bytes/bytes.ts";
import type { Claims } from "./claims.ts";
import type { Entry } from "./entry.ts";

export interface Question {
  /** Whose claims are asked for. */
  readonly entries: readonly Entry[];
  /** See Claims.take. */
  readonly after?: ByteString;
  /** @param taken the claims that were got */
  settle(taken: ReadonlySet<number>): void;
}

/** What a slot asks its host about claims. */
export interface Questions {
  /** Some answer is missing: no shell may be told of more meanwhile, so that attempts keep their order. */
  readonly areOpen: boolean;
  /**
   * One question comes after the other, so that each knows what has become of what the ones before it asked for.
   *
   * @param question made when its turn comes; undefined where there is nothing to ask any more
   */
  ask(question: () => Question | undefined): void;
  /** As if a question were open for so long. */
  rest(ms: number): void;
}

/** @param onSettled called after every answer */
export function openQuestions(claims: Claims, onSettled: () => void): Questions {
  let open = 0;
  let last = Promise.resolve();

  function settled(): void {
    open--;
    onSettled();
  }

  async function put({ entries, after, settle }: Question): Promise<void> {
    for (const entry of entries) entry.isAsked = true;
    const numbers = entries.map(({ claim }) => claim);
    const isIdle = numbers.length === 0 && after === undefined;
    settle(isIdle ? new Set() : await claims.take(numbers, after));
  }

  return {
    get areOpen() {
      return open > 0;
    },
    ask(question) {
      open++;
      last = last.then(async () => {
        const now = question();
        if (now !== undefined) await put(now);
        settled();
      });
    },
    rest(ms) {
      open++;
      setTimeout(settled, ms);
    },
  };
}
