import type { ByteString } from "../bytes/bytes.ts";
import type { Expression } from "./expression.ts";
import type { ReplacementOptions, TemplateOptions } from "./options.ts";
import { basename, basenameWithoutExtension, dirname, withoutExtension } from "./paths.ts";
import { perlExpression } from "./perl/expression.ts";
import { plusTags } from "./plus.ts";
import { taskTag, valueTag } from "./tag-makers.ts";

/** A replacement string as it is spelt, before it is looked for in a text. */
export interface Tag {
  /** Groups in parentheses are regular expressions: "{%(.*?)}". */
  readonly text: ByteString;
  /** The value that it is computed from, where its definition says so: 1 for {#}, which there is once for a task. */
  readonly position: number;
  /** The meaning, given what the groups matched. */
  expression(groups: readonly ByteString[]): Expression;
}

/** The tags of a job, those first that take precedence: long before short, then in the order of definition. */
export function tagsOf(options: ReplacementOptions & Partial<TemplateOptions>): readonly Tag[] {
  const defined = (options.rpl ?? []).map(definedTag);
  const standard = standardTags(options);
  const tags = [...defined, ...standard, ...(options.plus ? plusTags(options.mode ?? "command") : [])];
  const wanted = tags.filter(
    ({ text }, index) => text !== "" && tags.findIndex((tag) => tag.text === text) === index,
  );
  return wanted.sort((a, b) => b.text.length - a.text.length);
}

/** --rpl 'tag perl expression'; an expression that starts with a number is of the value at that position. */
function definedTag(definition: ByteString): Tag {
  const [, text = "", position = "0", code = ""] = /^(\S*)\s?(\d+)?([\s\S]*)$/.exec(definition)!;
  return { text, position: Number(position), expression: (groups) => perlExpression(code, groups) };
}

function standardTags(options: ReplacementOptions): readonly Tag[] {
  return [
    valueTag(options.replace ?? "{}", (value) => value),
    taskTag(options.seqReplace ?? "{#}", { seq: true }, (scope) => String(scope.context.seq)),
    taskTag(options.slotReplace ?? "{%}", { slot: true }, (scope) => String(scope.context.slot)),
    valueTag(options.basenameReplace ?? "{/}", basename),
    valueTag(options.dirnameReplace ?? "{//}", dirname),
    valueTag(options.basenameExtensionReplace ?? "{/.}", basenameWithoutExtension),
    valueTag(options.extensionReplace ?? "{.}", withoutExtension),
  ];
}
