import type { CallTask } from "../../kinds/function/call.ts";
import type { SessionMemo } from "./session-memo.ts";

/** A memo that is opened for the first call that asks for it: most sessions never do. */
export function lazyMemo(open: () => Promise<SessionMemo>): SessionMemo {
  let memo: SessionMemo | undefined;
  let waiting: CallTask[] = [];

  async function begin(): Promise<void> {
    memo = await open();
    for (const call of waiting) memo.ready(call);
    waiting = [];
  }

  return {
    waits: "it is being looked up in the memo",
    ready(call) {
      if (memo !== undefined) return memo.ready(call);
      waiting.push(call);
      if (waiting.length === 1) void begin();
    },
    settled: () => {},
    get reused() {
      return memo?.reused ?? 0;
    },
    close: async () => memo?.close(),
  };
}
