import { pathToFileURL } from "node:url";
import type { FromHost } from "../thread/protocol.ts";
import type { WireError } from "../thread/wire-error.ts";

/** Errors of another machine, with files named as they are here and not as copies there. */
export function translateErrors(
  message: FromHost,
  machine: { readonly name: string; readonly root: string },
): FromHost {
  const translate = (error: WireError): WireError => translated(error, machine);
  switch (message.type) {
    case "ends": {
      const { values, heads } = message;
      if (values.every((_, index) => hasSucceeded(heads, index))) return message;
      return {
        ...message,
        values: values.map((value, index) =>
          hasSucceeded(heads, index) ? value : translate(value as WireError),
        ),
      };
    }
    case "stray":
      return { ...message, error: translate(message.error) };
    default:
      return message;
  }
}

/** See `EndBatch`. */
function hasSucceeded(heads: Float64Array, index: number): boolean {
  return heads[index * 4 + 1] === 1;
}

/** Frames of the agent itself, which is minified. */
const OF_AGENT = /^.*\/agent\/[0-9a-f]{64}\.mjs:.*\n?/gm;
const NOT_FOUND: ReadonlySet<unknown> = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ENOENT"]);

function translated(error: WireError, machine: { readonly name: string; readonly root: string }): WireError {
  const { root, name } = machine;
  const here = (text: string): string =>
    text.replaceAll(pathToFileURL(root).href, "file://").replaceAll(root, "").replaceAll(OF_AGENT, "");
  const isMissing = NOT_FOUND.has(error.properties["code"]) && error.message.includes(root);
  return {
    ...error,
    message: `${here(error.message)}${isMissing ? `. It was not sent to ${name}: connect(…, { files: […] }) names what modules read as they run` : ""}`,
    stack: here(error.stack),
    ...(error.cause !== undefined && { cause: translated(error.cause, machine) }),
    ...(error.errors !== undefined && { errors: error.errors.map((one) => translated(one, machine)) }),
  };
}
