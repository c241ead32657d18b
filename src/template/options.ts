import type { ByteString } from "../bytes/bytes.ts";

/** How the replacement strings of a job are spelt; the same for its command, tags and file names. */
export interface ReplacementOptions {
  /** -I; default {} */
  readonly replace?: ByteString | undefined;
  readonly extensionReplace?: ByteString | undefined;
  readonly basenameReplace?: ByteString | undefined;
  readonly dirnameReplace?: ByteString | undefined;
  readonly basenameExtensionReplace?: ByteString | undefined;
  readonly seqReplace?: ByteString | undefined;
  readonly slotReplace?: ByteString | undefined;
  readonly plus?: boolean;
  /** Each "tag perl expression". */
  readonly rpl?: readonly ByteString[];
  /** Default ["{=", "=}"]. */
  readonly parens?: readonly [left: ByteString, right: ByteString] | undefined;
  /** Column names of --header, in the order of the columns: {name} {name/} {=name expression=}. */
  readonly names?: readonly ByteString[];
}

export interface TemplateOptions extends ReplacementOptions {
  /** "command": values are quoted for the shell, a text without replacement strings gets {} appended.
   *  "text": neither, for tags, file names and directories. */
  readonly mode: "command" | "text";
  /** -q: each word of the command is quoted whole. */
  readonly quoteWords?: boolean;
  /** -X, -N, -L: a word with a replacement string is repeated for each value. */
  readonly contextReplace?: boolean;
  /** Append {} to a command without replacement strings; default true for commands. False with --pipe. */
  readonly append?: boolean;
}
