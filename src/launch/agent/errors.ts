import { pathToFileURL } from "node:url";
import type { ErrorParts } from "../../wire/values/error-parts.ts";
import type { Parts } from "../../wire/values/pack.ts";
import type { FromHost } from "../thread/protocol.ts";

/** Where an error comes from. */
interface Origin {
  readonly name: string;
  /** Below it the files are that were sent there. */
  readonly root: string;
}

/** Errors of another machine, wherever they are in a message, with files named as they are here and not as copies there. */
export function translateErrors(message: FromHost, machine: Origin): FromHost {
  switch (message.type) {
    case "ends":
    case "items":
      return message.parts === undefined
        ? message
        : { ...message, parts: translated(message.parts, machine) };
    case "stray": {
      const { value, parts } = message.error;
      return { ...message, error: { value, parts: parts && translated(parts, machine) } };
    }
    default:
      return message;
  }
}

/** Frames of the agent itself, which is minified. */
const OF_AGENT = /^.*\/agent\/[0-9a-f]{64}\.mjs:.*\n?/gm;
const NOT_FOUND: ReadonlySet<unknown> = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ENOENT"]);

function translated(parts: Parts, machine: Origin): Parts {
  const { root } = machine;
  const here = (text: string): string =>
    text.replaceAll(pathToFileURL(root).href, "file://").replaceAll(root, "").replaceAll(OF_AGENT, "");
  const errorParts = parts.errorParts.map((error) => ({
    ...error,
    message: here(error.message) + notSent(error, parts, machine),
    stack: here(error.stack),
  }));
  return { ...parts, errorParts };
}

/** Of a file that is not there: why, and what to do. The message names it. */
function notSent(error: ErrorParts, parts: Parts, { name, root }: Origin): string {
  const seen = new Set<ErrorParts>();
  for (
    let one: ErrorParts | undefined = error;
    one !== undefined && !seen.has(one);
    one = causeOf(one, parts)
  ) {
    seen.add(one);
    const advice = adviceFor(one, { name, root });
    if (advice !== "") return advice;
  }
  return "";
}

function adviceFor(error: ErrorParts, { name, root }: Origin): string {
  const { message } = error;
  const isOurs = message.includes(root);
  if (isOurs && /\.node\b/.test(message)) {
    return `. Native addons are not sent to ${name}: where it is a machine of the same kind, name theirs in connect(…, { files: […] })`;
  }
  if (isOurs && NOT_FOUND.has(propertyOf(error, "code"))) {
    return `. It was not sent to ${name}: name what modules find as they run in connect(…, { files: […] })`;
  }
  return "";
}

function causeOf(error: ErrorParts, { errors, errorParts }: Parts): ErrorParts | undefined {
  return errorParts[errors.indexOf(propertyOf(error, "cause") as Error)];
}

function propertyOf({ properties }: ErrorParts, wanted: string): unknown {
  return properties.find(({ key, isSymbol }) => key === wanted && !isSymbol)?.value;
}
