import { nowMs } from "../clock.ts";
import { withoutBlankLines } from "./blank-lines.ts";
import { type Cutter, createCutter } from "./cutter.ts";
import type { Block, BlockOptions } from "./options.ts";
import type { Source } from "./source.ts";

/**
 * The blocks of a source, in order. One window is read ahead of the block that is asked for, so that reading and the
 * jobs overlap; nothing more is read while nobody asks.
 */
export async function* blocks(options: BlockOptions, source: Source): AsyncGenerator<Block, void, undefined> {
  const windows = cutWindows(options, options.skipBlank ? withoutBlankLines(source) : source);
  try {
    let ahead = windows.next();
    for (;;) {
      const { done, value } = await ahead;
      if (done) return;
      let held: Block | undefined;
      // The cutter must have given all blocks of a window before it reads on, so the next read starts with the last.
      for (const block of value) {
        if (held !== undefined) yield held;
        held = block;
      }
      ahead = windows.next();
      ahead.catch(() => undefined);
      if (held !== undefined) yield held;
    }
  } finally {
    source.close();
  }
}

async function* cutWindows(options: BlockOptions, source: Source): AsyncGenerator<Iterable<Block>> {
  const cutter = createCutter(options);
  const read = options.timeoutMs === undefined ? readOnce : timedReader(options.timeoutMs);
  for (;;) {
    const event = await read(source, cutter);
    if (event === "timeout") {
      yield await cutter.timeout();
    } else if (event === 0) {
      yield await cutter.end();
      return;
    } else {
      const cut = await cutter.add(event);
      yield cut;
    }
  }
}

type ReadEvent = number | "timeout";

function readOnce(source: Source, cutter: Cutter): Promise<ReadEvent> {
  return source.read(cutter.space());
}

/** A read that waits goes on after the time is over: its memory stays part of the window. */
function timedReader(timeoutMs: number): typeof readOnce {
  let underWay: Promise<ReadEvent> | undefined;
  let dueMs = nowMs() + timeoutMs;
  return async (source, cutter) => {
    underWay ??= source.read(cutter.space());
    const event = await firstOf(underWay, dueMs - nowMs());
    if (event === "timeout") {
      dueMs = nowMs() + timeoutMs;
    } else {
      underWay = undefined;
    }
    return event;
  };
}

async function firstOf(reading: Promise<ReadEvent>, delayMs: number): Promise<ReadEvent> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<"timeout">((resolve) => {
    timer = setTimeout(resolve, Math.max(0, delayMs), "timeout");
  });
  try {
    return await Promise.race([reading, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
