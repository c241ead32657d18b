import type { JobPolicy } from "./policy.ts";

/**
 * Whether a task whose attempt has failed is tried again. Only the last attempt counts for anything else (exit status,
 * halt, outcome). It goes to the head of the line, as in GNU parallel. A job that has stopped starts no retry either: the
 * task then stays without an outcome, for a later run to take up.
 */
export function isRetried(policy: JobPolicy, attempts: number): boolean {
  return policy.tries === 0 || attempts < policy.tries;
}
