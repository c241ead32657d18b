/** The help topics, in the order in which the man page and the compatibility page show them. */
export const TOPICS = [
  "inputs",
  "replacement",
  "packing",
  "output",
  "progress",
  "records",
  "limits",
  "failures",
  "pipe",
  "environment",
  "semaphore",
  "remote",
  "information",
] as const;

export type Topic = (typeof TOPICS)[number];

/** What follows an option. The words that begin a value are taken as GNU parallel's option parser takes them. */
export type ValueKind = "flag" | "string" | "int" | "float" | "optionalString" | "optionalFloat";

export type Status =
  | "supported"
  /** Works, but not as in GNU parallel: how. */
  | { readonly differs: string }
  /** Stops with an error: what to use instead. */
  | { readonly refused: string }
  /** GNU parallel refuses it too: its own words. */
  | { readonly retired: string };

/** One option: all that the parser, the help, the man page, the completion and the compatibility page know of it. */
export interface OptionRow {
  /** Unique. A long name, or one letter where there is no long name. */
  readonly name: string;
  /** Other long names, and letters. */
  readonly aliases?: readonly string[];
  readonly value?: ValueKind;
  readonly valueName?: string;
  /** What completion offers. */
  readonly values?: readonly string[];
  /** Every occurrence counts, not only the last one. */
  readonly repeatable?: true;
  readonly status: Status;
  readonly topic: Topic;
  /** One line, without a full stop. */
  readonly help: string;
  /** yonder's own: not known to the names `parallel` and `sem`. */
  readonly own?: true;
  /** Internal, retired or without effect: parsed, but in no help or completion. */
  readonly hidden?: true;
  /** Not in the manual of GNU parallel, but it accepts it. */
  readonly undocumented?: true;
}
