import { type Node, SyntaxKind } from "typescript/unstable/ast";
import {
  isConstructorDeclaration,
  isFunctionDeclaration,
  isGetAccessorDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isMethodSignatureDeclaration,
  isPropertyDeclaration,
  isTypeAliasDeclaration,
} from "typescript/unstable/ast/is";

/** A declaration or member as its user sees it: without `export`, docstring, body and initial value, from the first column. */
export function textOf(node: Node): string {
  const { text } = node.getSourceFile();
  const from = node.getStart();
  const indent = /[ \t]*$/.exec(text.slice(0, from))![0];
  const own = text
    .slice(from, endOf(node, text))
    .trim()
    .replaceAll(`\n${indent}`, "\n")
    .replace(/^(export )?(async )?/, "")
    .replace(/;($| \/\/)/, "$1");
  return isGetAccessorDeclaration(node) ? own.replace(/^get (\w+)\(\)/, "$1") : own;
}

function endOf(node: Node, text: string): number {
  const hasBody = isFunctionDeclaration(node) || isMethodDeclaration(node) || isGetAccessorDeclaration(node);
  if (hasBody && node.body !== undefined) return node.body.getStart();
  if (isPropertyDeclaration(node) && node.type !== undefined) return node.type.end;
  // The last member of a union may have its meaning beside it.
  if (isTypeAliasDeclaration(node)) return `${text}\n`.indexOf("\n", node.end);
  return node.end;
}

export function isMethod(node: Node): boolean {
  return isMethodDeclaration(node) || isMethodSignatureDeclaration(node);
}

export function nameOf(node: Node): string | undefined {
  const { name } = node as { name?: Node };
  return name !== undefined && isIdentifier(name) ? name.text : undefined;
}

/** Not what only its own class sees, what makes it, and what symbols name. */
export function isPublic(node: Node): boolean {
  if (isConstructorDeclaration(node)) return false;
  const { modifiers = [], name } = node as { modifiers?: readonly Node[]; name?: Node };
  if (modifiers.some(({ kind }) => kind === SyntaxKind.PrivateKeyword)) return false;
  return name === undefined || isIdentifier(name);
}
