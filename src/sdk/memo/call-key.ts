import { resolve } from "node:path";
import { encodeText } from "../../bytes/bytes.ts";
import type { Memo } from "../../function/options.ts";
import { withValues } from "../../kinds/function/arguments.ts";
import type { Call } from "../../kinds/function/call.ts";
import { callOfRef, type Ref } from "../../kinds/function/ref.ts";
import type { LaunchedFunction } from "../../launch/thread/launcher.ts";
import type { FileHasher } from "../../memo/file-hash.ts";
import { inputParts, type NamedFile } from "../../memo/inputs.ts";
import { groupPart, type KeyPart, keyPart } from "../../memo/key.ts";
import type { Question } from "../../memo/memo.ts";
import { valueHash } from "./value-hash.ts";

/** What a call says of its key by itself, at the time when its arguments are sent. */
export interface CallFacts {
  /** By the code that calls it: the same after a change of the code. */
  readonly subject: string;
  readonly parts: readonly KeyPart[];
  readonly files: readonly NamedFile[];
}

/** Names of parts are bytes. @throws TypeError for arguments without a content; what `memo.files` throws */
export function callFacts(call: Call, memo: Memo): CallFacts {
  const { args, inputs } = call;
  const spec = call.fn.launched!.spec;
  const hashes = args.map((arg) => valueHash(arg, refHash));
  const subjects = inputs === undefined ? hashes : args.map((arg) => valueHash(arg, subjectHash));
  const env = (memo.env ?? []).map((name) => keyPart(`environment ${encodeText(name)}`, process.env[name]));
  return {
    subject: JSON.stringify([
      "function",
      spec.type === "module" ? `${spec.url} ${spec.name}` : call.fn.name,
      subjects,
    ]),
    parts: [
      keyPart("function", spec.type === "module" ? spec.name : "inline"),
      ...hashes.map((hash, index) => ({ name: `argument ${index + 1}`, hash })),
      ...env,
      ...(memo.version === undefined ? [] : [keyPart("version", memo.version)]),
    ],
    files: filesOf(memo, call),
  };
}

/** The rest, which takes reading. Undefined where a file cannot be read. */
export async function callQuestion(
  { subject, parts, files }: CallFacts,
  code: KeyPart,
  hasher: FileHasher,
): Promise<Question | undefined> {
  const inputs = files.length === 0 ? [] : (await inputParts(hasher, [files]))[0];
  return inputs && { subject, parts: [code, ...parts, ...inputs] };
}

/** The code of a function: all modules that it may run, or its own text. */
export async function codePart({ spec }: LaunchedFunction): Promise<KeyPart> {
  if (spec.type === "inline") {
    return groupPart("code", [
      keyPart("code", spec.source),
      keyPart("code of node", process.versions.node.split(".")[0]),
    ]);
  }
  if (spec.type !== "module") throw new Error("an actor's method has no memo");
  const { moduleGraph } = await import("../../function/module-graph.ts");
  const { parts } = await moduleGraph(spec.url);
  return groupPart(
    "code",
    parts.map(({ name, hash }) => ({ name: `code of ${encodeText(name)}`, hash })),
  );
}

/** The hash of the value of a ref, which is there; made once, however many calls have it as an argument. */
function refHash(ref: Ref<unknown>): string {
  const call = callOfRef(ref);
  let hash = refHashes.get(call);
  if (hash === undefined) refHashes.set(call, (hash = valueHash(call.value, refHash)));
  return hash;
}

const refHashes = new WeakMap<Call, string>();

/** What a ref is of, whatever its value, where a memo knows. */
function subjectHash(ref: Ref<unknown>): string {
  return callOfRef(ref).memo?.subject ?? refHash(ref);
}

function filesOf({ files = [] }: Memo, { args, inputs }: Call): readonly NamedFile[] {
  const plain = inputs === undefined ? args : withValues(args);
  const names =
    typeof files === "function" ? (files as (...args: unknown[]) => readonly string[])(...plain) : files;
  return names.map((name) => ({ name: encodeText(name), path: encodeText(resolve(name)), isDeclared: true }));
}
