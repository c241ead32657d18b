/** How far the clock of a host is ahead of ours. */
export interface ClockOffset {
  /** Negative where it is behind. */
  readonly offsetMs: number;
  /** It is right to so much: half the time on the way, and half a second where the host tells no more than seconds. */
  readonly uncertaintyMs: number;
}

/** When we asked and had the answer, by our clock, in milliseconds since 1970. */
export interface RoundTrip {
  readonly sentMs: number;
  readonly receivedMs: number;
}

/**
 * From four times, as NTP does it (RFC 5905, section 8): the host says when it began to work on the question, and when
 * it ended. Then what it did between does not count as time on the way.
 *
 * @param began,ended what `date +%s.%N` said there
 */
export function clockOffset(
  began: string,
  ended: string,
  { sentMs, receivedMs }: RoundTrip,
): ClockOffset | undefined {
  const [first, last] = [stamp(began), stamp(ended)];
  if (first === undefined || last === undefined) return undefined;
  const onTheWayMs = Math.max(0, receivedMs - sentMs - (last.ms - first.ms));
  return {
    offsetMs: (first.ms - sentMs + (last.ms - receivedMs)) / 2,
    uncertaintyMs: onTheWayMs / 2 + (first.isCoarse ? 500 : 0),
  };
}

/** A date without %N prints the letter, or the percent sign too: then it may be anywhere within its second. */
function stamp(text: string): { readonly ms: number; readonly isCoarse: boolean } | undefined {
  const [, seconds, nanoseconds] = /^(\d+)(?:\.(\d{9}))?/.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  if (nanoseconds === undefined) return { ms: Number(seconds) * 1000 + 500, isCoarse: true };
  return { ms: Number(seconds) * 1000 + Number(nanoseconds) / 1e6, isCoarse: false };
}
