import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Row } from "../interface/task.ts";
import { type RenderContext, scopeOf } from "./scope.ts";
import { SKIP, type Template } from "./template.ts";

/** A command line of this many bytes is one too long for packing: GNU parallel's limit, half of the system's. */
export const packedLengthMax = 63_664;

/** And for any command: the kernel takes no argument of this length, its NUL included (MAX_ARG_STRLEN). */
export const commandLengthMax = 131_072;

/** What --max-line-length-allowed prints. */
export const reportedLengthMax = 130_329;

export interface LengthCheck {
  /** Whether a task of these rows and one more has a command line that is short enough. */
  fits(rows: readonly Row[], row: Row, seq: number): boolean;
  /** A new task begins. */
  restart(): void;
  tooLong(row: Row, seq: number): YonderError;
}

/**
 * Watches the length of a task's command line as it gains rows.
 *
 * To render it anew for each row would cost the square of the number of rows. So this keeps an upper bound, to which a
 * row adds what the template says that it may add at most, and renders only when the bound reaches the limit: a few
 * times for each command line.
 */
export function lengthCheck(template: Template, maxChars: number | undefined): LengthCheck {
  const several = Math.min(maxChars ?? packedLengthMax, packedLengthMax);
  const single = maxChars === undefined ? commandLengthMax : several;
  let bound = 0;
  const exact = (rows: readonly Row[], seq: number): number => {
    const command = template.render(contextOf(rows, seq));
    return command === SKIP ? 0 : command.length;
  };
  return {
    fits(rows, row, seq) {
      const limit = rows.length === 0 ? single : several;
      const { settledRows, most } = template.growth;
      if (rows.length < settledRows) bound = limit;
      else bound += most(scopeOf(contextOf(rows.slice(0, settledRows), seq)), scopeOf(contextOf([row], seq)));
      if (bound >= limit) bound = exact([...rows, row], seq);
      return bound < limit;
    },
    restart() {
      bound = 0;
    },
    tooLong: (row, seq) => commandTooLong(exact([row], seq), single, row),
  };
}

/** GNU parallel's words. */
export function commandTooLong(length: number, limit: number, row: Row): YonderError {
  const values = row.join(" ");
  const shown: ByteString = values.length > 50 ? values.slice(0, 50) + "..." : values;
  return new YonderError("COMMAND_TOO_LONG", {
    message: `Command line too long (${length} >= ${limit}) at input 0: ${shown}`,
    remedy: "pass it in a file or on standard input (--pipe), or give a greater -s",
  });
}

/** The slot is not known yet: the longest there may be. Neither is the total, which no packed command can use. */
function contextOf(rows: readonly Row[], seq: number): RenderContext {
  return { rows, seq, slot: 9999, slots: 9999, total: () => 9_999_999 };
}
