import type { ByteString } from "../../bytes/bytes.ts";
import { type Attempt, SKIPPED } from "../../driver/kind.ts";
import { SKIP, type Template } from "../../template/template.ts";
import type { CommandTask } from "./command-task.ts";
import { contextOf, type RenderFacts, render, type Templates } from "./text/templates.ts";

/** The texts of an attempt, with the task's values in them. */
export interface RenderedCommand {
  /** {out} still stands for its path. */
  readonly command: ByteString;
  readonly tag: ByteString | undefined;
  /** --results, where that is a template. */
  readonly resultsPath: ByteString | undefined;
  /** --out */
  readonly outPath: ByteString | undefined;
}

export interface RenderParts {
  readonly templates: Templates;
  readonly facts: RenderFacts;
  /** Asks the person (-p); false leaves the job out. */
  readonly confirm: ((command: ByteString) => boolean) | undefined;
}

/** What runs; SKIPPED where skip(), --filter or the person leaves it out. */
export function renderCommand(
  { templates, facts, confirm }: RenderParts,
  { task, slot }: Attempt<CommandTask>,
): RenderedCommand | typeof SKIPPED {
  const command = render(templates.command, task, slot, facts);
  if (command === SKIP) return SKIPPED;
  if (templates.accepts?.(contextOf(task, slot, facts)) === false) return SKIPPED;
  if (confirm?.(command) === false) return SKIPPED;
  const text = (template: Template | undefined): ByteString | undefined =>
    textOf(template, task, slot, facts);
  return {
    command,
    tag: text(templates.tag),
    resultsPath: text(templates.results),
    outPath: text(templates.out),
  };
}

/** Undefined where there is no template, and where it says skip(). */
export function textOf(
  template: Template | undefined,
  task: CommandTask,
  slot: number,
  facts: RenderFacts,
): ByteString | undefined {
  const text = template && render(template, task, slot, facts);
  return text === SKIP ? undefined : text;
}
