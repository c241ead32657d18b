import type { ByteString } from "../bytes/bytes.ts";
import type { ReplacementOptions, TemplateOptions } from "./options.ts";
import { basename, basenameWithoutExtension, dirname, withoutExtension } from "./paths.ts";
import { perlExpression } from "./perl/expression.ts";
import { plusTags } from "./plus.ts";
import { type Tag, taskTag, valueTag } from "./tag-makers.ts";

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
