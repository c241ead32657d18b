// `yonder-run/interface`: what an adapter written elsewhere implements, and the errors that it throws.
export { type ErrorCode, YonderError } from "./errors.ts";
export type * from "./store.ts";
