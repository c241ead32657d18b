import type { ByteString } from "../bytes/bytes.ts";
import type { Row } from "../interface/task.ts";

/** What one task's replacement strings are computed from. */
export interface RenderContext {
  readonly rows: readonly Row[];
  /** Stands for the value of a task without rows. */
  readonly value?: ByteString | undefined;
  /** No value is quoted. */
  readonly isRaw?: boolean | undefined;
  /** 1-based: {#} */
  readonly seq: number;
  /** 1-based: {%} */
  readonly slot: number;
  /** The greatest slot there can be: the width of {0%}. */
  readonly slots: number;
  /** Where it runs; undefined for this machine. */
  readonly host?: RenderHost | undefined;
  /** How many tasks the job has, for {##} and total_jobs(). Asked for only where Template.uses.total. */
  total(): number;
}

/** A host as {sshlogin}, {host} and {hgrp} show it. */
export interface RenderHost {
  readonly login: ByteString;
  /** The host alone. */
  readonly host: ByteString;
  readonly groups: readonly ByteString[];
}

export const THIS_MACHINE: RenderHost = { login: ":", host: ":", groups: [":"] };

/** A task while its template is rendered. Expressions read it, and write what they ask for beside their value. */
export interface Scope {
  readonly context: RenderContext;
  /** The values of all rows, one after the other; at least one. */
  readonly args: readonly ByteString[];
  /** uq(): the value just computed goes into the command as it is. */
  unquoted: boolean;
  /** skip(): the task is not to run. */
  skipped: boolean;
  /** What perl expressions gave for this task. */
  computed: Map<string, Computed> | undefined;
}

export interface Computed {
  readonly value: ByteString;
  readonly unquoted: boolean;
}

/**
 * The value of a task that has none (-n0, --pipepart). No real value can be the same, and an expression that leaves it as
 * it is stands for nothing, while one that computes something else stands for that.
 */
export const NO_VALUE: ByteString = "\0noarg";

export function scopeOf(context: RenderContext): Scope {
  const { rows, value } = context;
  const args = rows.length === 1 ? rows[0]! : rows.flat();
  return {
    context,
    args: args.length > 0 ? args : [value ?? NO_VALUE],
    unquoted: false,
    skipped: false,
    computed: undefined,
  };
}
