import { pathToFileURL } from "node:url";
import type { FromHost } from "../thread/protocol.ts";
import type { WireError } from "../thread/wire-error.ts";

/** Where an error comes from. */
interface Origin {
  readonly name: string;
  /** Below it the files are that were sent there. */
  readonly root: string;
}

/** Errors of another machine, with files named as they are here and not as copies there. */
export function translateErrors(message: FromHost, machine: Origin): FromHost {
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

function translated(error: WireError, machine: Origin): WireError {
  const { root } = machine;
  const here = (text: string): string =>
    text.replaceAll(pathToFileURL(root).href, "file://").replaceAll(root, "").replaceAll(OF_AGENT, "");
  return {
    ...error,
    message: here(error.message) + notSent(error, machine),
    stack: here(error.stack),
    ...(error.cause !== undefined && { cause: translated(error.cause, machine) }),
    ...(error.errors !== undefined && { errors: error.errors.map((one) => translated(one, machine)) }),
  };
}

/** Of a file that is not there: why, and what to do. The message names it. */
function notSent(error: WireError, { name, root }: Origin): string {
  const { message, properties, cause } = error;
  const isOurs = message.includes(root);
  if (isOurs && /\.node\b/.test(message)) {
    return `. Native addons are not sent to ${name}: where it is a machine of the same kind, name theirs in connect(…, { files: […] })`;
  }
  if (isOurs && NOT_FOUND.has(properties["code"])) {
    return `. It was not sent to ${name}: name what modules find as they run in connect(…, { files: […] })`;
  }
  return cause === undefined ? "" : notSent(cause, { name, root });
}
