import type { ClassDeclaration, InterfaceDeclaration, Node } from "typescript/unstable/ast";
import { isClassDeclaration, isIdentifier, isInterfaceDeclaration } from "typescript/unstable/ast/is";
import { docOf } from "./docstring.ts";
import type { Exports } from "./exports.ts";
import { isMethod, isPublic, nameOf, textOf } from "./text.ts";

/** In the order in which a reader needs them. What is in none of these comes last, by name. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  "Functions and their options": ["task", "TaskOptions", "Retries", "Resources", "Memo"],
  "A job": ["connect", "ConnectOptions", "Yonder", "Caller", "CallMapOptions", "MapOptions", "WaitOptions"],
  Results: ["Ref", "TaskStream", "SessionSummary", "JobSummary", "StopKind", "HaltPolicy", "HaltThreshold"],
  "Within a task": ["currentTask", "TaskContext"],
  Actors: [
    ...["actor", "ActorOptions", "RestartOptions", "DurableOptions"],
    ...["ActorStub", "Supervisor", "SupervisorOptions"],
  ],
  "Looking inside": ["TaskEvent", "TaskExplanation"],
  Errors: ["YonderError", "ErrorCode"],
};

const INTRODUCTION = `<!-- Written by build/api.ts from the docstrings of what src/sdk/index.ts exports. -->

# The SDK

What \`import … from "yonder-run"\` has. The [guide](../guide/sdk.md) is the place to begin. Times are in milliseconds and sizes in
bytes, as their names say. Errors for people are \`YonderError\`s, with a \`code\` and a \`remedy\`.`;

export function apiPage(exports: Exports): string {
  const { declarations } = exports;
  const listed = new Set(Object.values(SECTIONS).flat());
  const others = [...declarations.keys()].filter((name) => !listed.has(name)).sort();
  const sections = Object.entries({ ...SECTIONS, "Other types": others }).map(
    ([title, names]) => [title, names.filter((name) => declarations.has(name))] as const,
  );
  const contents = sections.map(([title, names]) => `- ${title}: ${names.map(linkTo).join(", ")}`);
  const parts = sections.flatMap(([title, names]) => [
    `## ${title}`,
    ...names.flatMap((name) => [`### ${name}`, ...entry(name, declarations.get(name)!, exports)]),
  ]);
  return `${[INTRODUCTION, contents.join("\n"), ...parts].join("\n\n")}\n`;
}

function linkTo(name: string): string {
  return `[\`${name}\`](#${name.toLowerCase()})`;
}

function entry(name: string, node: Node, exports: Exports): string[] {
  if (!isInterfaceDeclaration(node) && !isClassDeclaration(node)) {
    return [...docOf(node), codeBlock([node, ...helpersOf(node, exports)].map(textOf).join("\n\n"))];
  }
  const { own, bases } = membersOf(node, exports);
  const members = own.filter(isPublic);
  return [
    ...docOf(node),
    ...(bases.length === 0 ? [] : [`It has all of ${bases.map((base) => `\`${base}\``).join(" and ")}.`]),
    ...tableOf(members.filter((member) => !isMethod(member))),
    ...members.filter(isMethod).flatMap((member) => methodOf(name, member, isClassDeclaration(node))),
  ];
}

/** @param isOfClass what is documented nowhere is then a method of one of its bases */
function methodOf(name: string, member: Node, isOfClass: boolean): string[] {
  const doc = docOf(member);
  if (isOfClass && doc.length === 0) return [];
  return [`#### ${name}.${nameOf(member)}`, codeBlock(textOf(member)), ...doc];
}

function tableOf(members: readonly Node[]): string[] {
  if (members.length === 0) return [];
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const rows = members.map((member) => {
    const text = textOf(member)
      .replace(/^readonly /, "")
      .replace(/\s+/g, " ");
    return `| \`${cell(text)}\` | ${cell(docOf(member).join(" "))} |`;
  });
  return [["| | |", "| --- | --- |", ...rows].join("\n")];
}

function codeBlock(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

interface Members {
  /** Also those of bases that nobody can import. */
  readonly own: readonly Node[];
  /** The other bases, as they are written. */
  readonly bases: readonly string[];
}

function membersOf(node: InterfaceDeclaration | ClassDeclaration, exports: Exports): Members {
  const own: Node[] = [...node.members];
  const bases: string[] = [];
  for (const type of (node.heritageClauses ?? []).flatMap((clause) => [...clause.types])) {
    const base = exports.meaningOf(type.expression);
    const isExported = [...exports.declarations.values()].includes(base!);
    if (base === undefined || isExported || !isInterfaceDeclaration(base)) bases.push(type.getText());
    else own.push(...membersOf(base, exports).own);
  }
  return { own, bases };
}

/** Interfaces of the same file that a declaration names and that nobody can import: they are shown with it. */
function helpersOf(node: Node, { declarations }: Exports): Node[] {
  const all = new Map(
    [...node.getSourceFile().statements]
      .filter(isInterfaceDeclaration)
      .filter(({ name }) => !declarations.has(name.text))
      .map((one) => [one.name.text, one]),
  );
  const found = new Set<Node>();
  const visit = (part: Node): void => {
    const helper = isIdentifier(part) ? all.get(part.text) : undefined;
    if (helper !== undefined && !found.has(helper)) {
      found.add(helper);
      visit(helper);
    }
    part.forEachChild(visit);
  };
  visit(node);
  return [...found];
}
