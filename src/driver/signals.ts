/** What a person who wants the job to stop can ask for. */
export interface StopRequests {
  /** Start nothing more. */
  drain(signal: NodeJS.Signals): void;
  /** End what runs, too. */
  cancel(signal: NodeJS.Signals): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal stops starting, the second kills. Undo with the returned function. */
export function onStopSignals(requests: StopRequests): () => void {
  let seen = 0;
  const handlers = SIGNALS.map((signal) => {
    const handler = (): void => (seen++ === 0 ? requests.drain(signal) : requests.cancel(signal));
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
