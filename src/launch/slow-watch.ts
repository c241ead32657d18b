/** Looks again and again at slots in which attempts wait behind one that runs. */
export interface SlowWatch {
  /** Something waits. */
  begin(): void;
  stop(): void;
}

/**
 * @param giveBack takes back what waits behind an attempt that has run for so many milliseconds; true while anything waits
 */
export function slowWatch(slowMs: number, giveBack: (slowMs: number) => boolean): SlowWatch {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  return {
    begin() {
      timer ??= setInterval(() => {
        if (!giveBack(slowMs)) stop();
      }, slowMs / 2);
    },
    stop,
  };
}
