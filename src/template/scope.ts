import type { ByteString } from "../bytes/bytes.ts";
import type { Row } from "../interface/task.ts";

/** What one task's replacement strings are computed from. */
export interface RenderContext {
  readonly rows: readonly Row[];
  /** 1-based: {#} */
  readonly seq: number;
  /** 1-based: {%} */
  readonly slot: number;
  /** The greatest slot there can be: the width of {0%}. */
  readonly slots: number;
  /** How many tasks the job has, for {##} and total_jobs(). Asked for only where Template.uses.total. */
  total(): number;
}

/** A task while its template is rendered. Expressions read it, and write what they ask for beside their value. */
export interface Scope {
  readonly context: RenderContext;
  /** The values of all rows, one after the other. */
  readonly args: readonly ByteString[];
  /** uq(): the value just computed goes into the command as it is. */
  unquoted: boolean;
  /** skip(): the task is not to run. */
  skipped: boolean;
}

export function scopeOf(context: RenderContext): Scope {
  const { rows } = context;
  const args = rows.length === 1 ? rows[0]! : rows.flat();
  return { context, args, unquoted: false, skipped: false };
}
