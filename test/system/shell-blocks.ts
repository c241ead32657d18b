/** The commands of a Markdown page: the text of each ```sh block, in order. */
export function shellBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]!.trimEnd());
}

/** The part of a page under a heading, up to the next heading of the same level. */
export function sectionOf(markdown: string, heading: string): string {
  const [, rest] = markdown.split(`\n## ${heading}\n`);
  if (rest === undefined) throw new Error(`no heading "${heading}"`);
  return rest.split("\n## ", 1)[0]!;
}

export interface Step {
  readonly commands: string;
  /** What the page shows as their output: the ```text block that follows at once. */
  readonly shown: string | undefined;
}

export function pageSteps(markdown: string): Step[] {
  const pattern = /^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```$)?/gm;
  return [...markdown.matchAll(pattern)].map(([, commands = "", shown]) => ({ commands, shown }));
}
