import { unsendablePath } from "../../function/unsendable.ts";
import { YonderError } from "../../interface/errors.ts";
import { bytesOfValue } from "../../wire/values/bytes.ts";
import { thrownError } from "../../wire/values/thrown.ts";
import type { Call } from "./call.ts";

/**
 * Names the argument that cannot be sent.
 *
 * @param describe what people are shown of a value, where that is not what it looks like
 */
export function unsendableArgument(
  call: Call,
  cause: unknown,
  describe?: (value: object) => string | undefined,
): YonderError {
  const how = describe === undefined ? {} : { describe };
  const found =
    unsendablePath(call.args, "args", how) ??
    // A thread can be given it, a process or another machine cannot.
    unsendablePath(call.args, "args", { ...how, send: bytesOfValue });
  return new YonderError("ARGUMENT", {
    message: `${call.fn.name} (task ${call.seq}) cannot be given its arguments: ${
      found ? `${found.path} is ${found.what}` : thrownError(cause).message
    }`,
    remedy: "give plain data: objects, arrays, strings, numbers, Maps, Sets, typed arrays, and refs",
    cause,
  });
}
