// The package's entry, `import … from "yonder-run"`.
import "../interface/require-node.ts";

export type { JobSummary, StopKind } from "../core/events.ts";
export type { HaltPolicy, HaltThreshold } from "../core/policy.ts";
export type {
  ActorOptions,
  DurableOptions,
  RestartOptions,
  SupervisorOptions,
} from "../function/actor-options.ts";
export { type ActorClass, actor, type Task, task } from "../function/mark.ts";
export type { Memo, Resources, Retries, TaskOptions } from "../function/options.ts";
export { type ErrorCode, YonderError } from "../interface/errors.ts";
export { Ref } from "../kinds/function/ref.ts";
export { currentTask, type TaskContext } from "../launch/thread/context.ts";
export type { Supervisor } from "./actors/actors.ts";
export type { ActorArguments, ActorStub, MarkedClass } from "./actors/stub.ts";
export { connect } from "./connect.ts";
export type { ConnectOptions } from "./connect-options.ts";
export type { TaskEvent } from "./inside/events.ts";
export type { TaskExplanation } from "./inside/explanation.ts";
export type { MapOptions } from "./map.ts";
export type { Arg, Args, Running } from "./running.ts";
export type { TaskStream } from "./task-stream.ts";
export type { Caller, CallMapOptions, SessionSummary, WaitOptions, Yonder } from "./yonder.ts";
