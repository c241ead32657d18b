import type { ByteString } from "../bytes/bytes.ts";
import { endsInBlank } from "./columns.ts";

/** Takes the records of a source, in order, and gives back those that are whole. */
export type Joiner = (records: readonly ByteString[], isLast: boolean) => ByteString[];

/** -L: a record that ends in a blank goes on with the next one; the last one of all is whole as it is. */
export function continuedRecords(): Joiner {
  let begun = "";
  return (records, isLast) => {
    const whole: ByteString[] = [];
    for (const record of records) {
      begun += record;
      if (endsInBlank(begun)) continue;
      whole.push(begun);
      begun = "";
    }
    if (isLast && begun !== "") whole.push(begun);
    return whole;
  };
}
