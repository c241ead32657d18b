import type { ByteString } from "../bytes/bytes.ts";

/** What the program says to a person, under its name. */
export function noteOf(name: string, message: ByteString): ByteString {
  return `${name}: ${message}\n`;
}

export interface Notes {
  readonly say: (message: ByteString) => void;
  /** Says what has waited. */
  readonly flush: () => void;
}

/**
 * Notes on standard error, which may be the file that outputs go to.
 *
 * @param isTorn that file ends in the middle of an output, and its rest comes first
 */
export function openNotes(write: (message: ByteString) => void, isTorn: () => boolean): Notes {
  const waiting: ByteString[] = [];
  const flush = (): void => {
    for (const message of waiting.splice(0)) write(message);
  };
  return {
    say(message) {
      waiting.push(message);
      if (!isTorn()) flush();
    },
    flush,
  };
}
