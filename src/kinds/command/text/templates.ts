import type { ByteString } from "../../../bytes/bytes.ts";
import type { Options } from "../../../options/options.ts";
import { compileFilter } from "../../../template/filter.ts";
import type { ReplacementOptions, TemplateOptions } from "../../../template/options.ts";
import type { RenderContext, RenderHost } from "../../../template/scope.ts";
import { compileTemplate, type SKIP, type Template } from "../../../template/template.ts";
import { hasReplacementString } from "../output/sink-options.ts";
import type { Task } from "../tasks/task.ts";
import { markOut } from "./out-file.ts";
import { compileTemplateFiles, type TemplateFile } from "./template-files.ts";

/** Every text of a job that holds replacement strings, compiled. */
export interface Templates {
  readonly command: Template;
  readonly tag: Template | undefined;
  readonly results: Template | undefined;
  readonly workdir: Template | undefined;
  readonly out: Template | undefined;
  /** --retries */
  readonly retries: Template | undefined;
  /** --template */
  readonly files: readonly TemplateFile[];
  /** --transferfile, --return */
  readonly sends: readonly Template[];
  readonly returns: readonly Template[];
  /** --memo-input */
  readonly memoInputs: readonly Template[];
  /** --filter: false leaves the task out, like skip(). */
  readonly accepts: ((context: RenderContext) => boolean) | undefined;
  /** Some text needs the number of tasks before the first can start. */
  readonly usesTotal: boolean;
}

export function compileTemplates(
  words: readonly ByteString[],
  options: Options,
  names: readonly ByteString[],
  /** A command without replacement strings gets the values behind it. */
  append = true,
): Templates {
  const replacement = replacementOf(options, names);
  const text = (source: ByteString | undefined): Template | undefined =>
    source === undefined ? undefined : compileTemplate(source, { ...replacement, mode: "text" });
  const results = hasReplacementString(options) ? options.results : undefined;
  const all = {
    command: compileTemplate(options.out === undefined ? words : words.map(markOut), {
      ...replacement,
      ...commandMode(options),
      append,
    }),
    tag: tagOf(options, replacement),
    results: text(results),
    workdir: text(options.workdir),
    out: text(options.out),
    retries: text(options.retriesTemplate),
  };
  const files = compileTemplateFiles(options, replacement);
  const sends = options.transferfile.map((source) => text(source)!);
  const returns = options.return.map((source) => text(source)!);
  const memoInputs = options.memoInput.map((source) => text(source)!);
  const parts = [
    ...Object.values(all),
    ...memoInputs,
    ...sends,
    ...returns,
    ...files.flatMap(({ name, content }) => [name, content]),
  ];
  const accepts = options.filter.length === 0 ? undefined : compileFilter(options.filter, replacement);
  return {
    ...all,
    files,
    sends,
    returns,
    memoInputs,
    accepts,
    usesTotal: parts.some((template) => template?.uses.total),
  };
}

/** --tag marks lines with the arguments; with --onall and --nonall with the host. */
function tagOf(options: Options, replacement: ReplacementOptions): Template | undefined {
  if (options.tagstring !== undefined)
    return compileTemplate(options.tagstring, { ...replacement, mode: "text" });
  if (!options.tag) return undefined;
  if (options.onall || options.nonall) return compileTemplate("{sshlogin}", { plus: true, mode: "text" });
  return compileTemplate(options.replace, { ...replacement, mode: "text" });
}

export function replacementOf(options: Options, names: readonly ByteString[]): ReplacementOptions {
  return {
    replace: options.replace,
    extensionReplace: options.extensionReplace,
    basenameReplace: options.basenameReplace,
    dirnameReplace: options.dirnameReplace,
    basenameExtensionReplace: options.basenameExtensionReplace,
    seqReplace: options.seqReplace,
    slotReplace: options.slotReplace,
    plus: options.plus,
    rpl: options.rpl,
    parens: options.parens,
    names,
  };
}

function commandMode(options: Options): TemplateOptions {
  const grouped =
    options.contextReplace || options.maxReplaceArgs !== undefined || options.maxLines !== undefined;
  return {
    mode: "command",
    quoteWords: options.quote,
    contextReplace: grouped,
  };
}

/** What is common to all renderings of a job. */
export interface RenderFacts {
  readonly slots: () => number;
  readonly total: () => number;
  /** Where a slot is; undefined for this machine. */
  hostOf?(slot: number): RenderHost | undefined;
}

export function render(
  template: Template,
  task: Task,
  slot: number,
  facts: RenderFacts,
): ByteString | typeof SKIP {
  return template.render(contextOf(task, slot, facts));
}

/** A task as its texts see it. */
export function contextOf(task: Task, slot: number, facts: RenderFacts): RenderContext {
  const { rows, value, isRaw, seq } = task;
  const host = facts.hostOf?.(slot);
  return { rows, value, isRaw, seq, slot, slots: facts.slots(), total: facts.total, host };
}
