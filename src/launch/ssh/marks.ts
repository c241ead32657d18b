/**
 * Takes the stream of a slot's session apart: what attempts write, and the marks of the slot shell between. A mark is
 * `MARK`, a letter, digits, `;`. MARK is a random word, so no output can hold one by chance.
 */
export interface MarkReader {
  /** Calls back in the order of the stream. Bytes that may be the start of a mark wait for the next chunk. */
  read(chunk: Buffer): void;
}

export interface MarkEvents {
  onBytes(bytes: Buffer): void;
  onMark(letter: string, number: number | undefined): void;
}

/** What follows MARK. */
const TAIL = /^([A-Z])(\d*);/;
/** Letter, as many digits as a number of ours has, and `;`. */
const TAIL_MAX = 18;

export function markReader(mark: string, { onBytes, onMark }: MarkEvents): MarkReader {
  const word = Buffer.from(mark, "latin1");
  let rest: Buffer | undefined;
  return {
    read(chunk) {
      let data = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
      rest = undefined;
      for (let at = data.indexOf(word); at !== -1; at = data.indexOf(word)) {
        const end = at + word.length;
        const tail = data.toString("latin1", end, end + TAIL_MAX);
        const [whole, letter, digits] = TAIL.exec(tail) ?? [];
        if (whole === undefined && tail.length < TAIL_MAX) break;
        // Somebody who has seen a mark may write what is none.
        const bytes = data.subarray(0, whole === undefined ? end : at);
        if (bytes.length > 0) onBytes(bytes);
        if (whole !== undefined) onMark(letter!, digits === "" ? undefined : Number(digits));
        data = data.subarray(end + (whole?.length ?? 0));
      }
      const held = heldBack(data, word);
      if (held < data.length) onBytes(data.subarray(0, data.length - held));
      if (held > 0) rest = Buffer.from(data.subarray(data.length - held));
    },
  };
}

/** How many bytes at the end may belong to a mark that is not here as a whole. */
function heldBack(data: Buffer, word: Buffer): number {
  const whole = data.indexOf(word);
  if (whole !== -1) return data.length - whole;
  for (let from = Math.max(0, data.length - word.length + 1); from < data.length; from++) {
    if (data.subarray(from).equals(word.subarray(0, data.length - from))) return data.length - from;
  }
  return 0;
}
