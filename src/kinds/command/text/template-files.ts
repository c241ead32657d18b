import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf, decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { Options } from "../../../options/options.ts";
import type { ReplacementOptions } from "../../../template/options.ts";
import { compileTemplate, type SKIP, type Template } from "../../../template/template.ts";

/** --template: a file that each job gets a copy of, with its own values in it. */
export interface TemplateFile {
  readonly name: Template;
  readonly content: Template;
}

/** @throws YonderError INPUT where a template cannot be read */
export function compileTemplateFiles(
  { template }: Options,
  replacement: ReplacementOptions,
): readonly TemplateFile[] {
  return template.map(({ file, replacement: name }) => ({
    name: compileTemplate(name, { ...replacement, mode: "text" }),
    content: compileTemplate(read(file), { ...replacement, mode: "text" }),
  }));
}

function read(file: ByteString): ByteString {
  try {
    return bytesOf(readFileSync(bufferOf(file)));
  } catch (cause) {
    throw new YonderError("INPUT", { message: `Cannot open '${decodeText(file)}'.`, cause });
  }
}

/** Makes the files of one task, before it starts; the names of those that are there now. */
export function writeTemplateFiles(
  files: readonly TemplateFile[],
  render: (template: Template) => ByteString | typeof SKIP,
): readonly ByteString[] {
  const names: ByteString[] = [];
  for (const { name, content } of files) {
    const [path, text] = [render(name), render(content)];
    if (typeof path !== "string" || typeof text !== "string") continue; // skip() leaves out the file
    write(path, text);
    names.push(path);
  }
  return names;
}

function write(path: ByteString, text: ByteString): void {
  try {
    writeFileSync(bufferOf(path), bufferOf(text));
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `cannot write ${decodeText(path)} of --template`,
      remedy: (cause as Error).message,
      cause,
    });
  }
}

/** --cleanup */
export function removeTemplateFiles(names: readonly ByteString[]): void {
  for (const name of names) rmSync(bufferOf(name), { force: true });
}
