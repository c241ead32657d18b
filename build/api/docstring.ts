import type { Node } from "typescript/unstable/ast";

/** What a docstring says, as Markdown: a paragraph each, tags as sentences. */
export function docOf(node: Node): string[] {
  const comment = node.jsDoc?.at(-1)?.getText();
  if (comment === undefined) return [];
  const text = comment
    .replace(/^[\s\S]*\/\*\*/, "")
    .replace(/\*\/$/, "")
    .replace(/^[ \t]*\* ?/gm, "")
    .trim();
  return text
    .split(/\n\s*\n|\n(?=@)/)
    .map((paragraph) => withTag(paragraph.replace(/\s+/g, " ").trim()))
    .filter((paragraph) => paragraph !== "");
}

function withTag(paragraph: string): string {
  const [, tag, rest = ""] = /^@(\w+) (.*)/.exec(paragraph) ?? [];
  if (tag === undefined) return paragraph;
  const [, first, more] = /^(\S+) (.*)/.exec(rest) ?? [];
  switch (tag) {
    case "throws":
      return `Throws ${rest}`;
    case "param":
      return `\`${first}\`: ${more}`;
    default:
      throw new Error(`nothing is known of @${tag}: ${paragraph}`);
  }
}
