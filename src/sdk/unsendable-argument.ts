import { unsendablePath } from "../function/unsendable.ts";
import { YonderError } from "../interface/errors.ts";
import type { Call } from "../kinds/function/call.ts";
import { bytesOfValue } from "../wire/values/bytes.ts";
import { thrownError } from "../wire/values/thrown.ts";
import { describeStub } from "./actors/stub.ts";

/** Names the argument that cannot be sent. */
export function unsendableArgument(call: Call, cause: unknown): YonderError {
  const found =
    unsendablePath(call.args, "args", { describe: describeStub }) ??
    // A thread can be given it, a process or another machine cannot.
    unsendablePath(call.args, "args", { describe: describeStub, send: bytesOfValue });
  return new YonderError("ARGUMENT", {
    message: `${call.fn.name} (task ${call.seq}) cannot be given its arguments: ${
      found ? `${found.path} is ${found.what}` : thrownError(cause).message
    }`,
    remedy: "give plain data: objects, arrays, strings, numbers, Maps, Sets, typed arrays, and refs",
    cause,
  });
}
