import { unsendablePath } from "../../function/unsendable.ts";
import { YonderError } from "../../interface/errors.ts";
import { bytesOfValue } from "../../wire/values/bytes.ts";
import { thrownError } from "../../wire/values/thrown.ts";

/** @param name of the value, in the message */
export function unsendableResult(value: unknown, cause: unknown, name: string = "result"): YonderError {
  const found = unsendablePath(value, name) ?? unsendablePath(value, name, { send: bytesOfValue });
  return new YonderError("ARGUMENT", {
    message: `the result cannot be sent: ${found ? `${found.path} is ${found.what}` : thrownError(cause).message}`,
    remedy: "return plain data: objects, arrays, strings, numbers, Maps, Sets, typed arrays",
  });
}
