import type { AnyNode, Expression, Function as FunctionNode, Pattern } from "acorn";

/**
 * What a function takes from around itself, in the order of first use: names that nothing inside declares, and `this`,
 * `super`, `new.target`, `import.meta` where they are not an inner function's own, and imports relative to its module.
 * For strict code: a function in a block is local to it.
 */
export function freeNames(fn: FunctionNode): string[] {
  const uses: Use[] = [];
  const outside = new Scope(undefined, true);
  visitFunction(fn, outside, uses, false);
  return [...new Set(uses.filter(({ name, scope }) => !scope?.declares(name)).map(({ name }) => name))];
}

/** A name and where it is looked up; without a scope it is free whatever is declared. */
interface Use {
  name: string;
  scope: Scope | undefined;
}

class Scope {
  readonly names: Set<string> = new Set();
  readonly parent: Scope | undefined;
  /** Where `var` declares: the nearest scope that is a function's body, or this. */
  readonly body: Scope;

  constructor(parent: Scope | undefined, isBody = false) {
    this.parent = parent;
    this.body = isBody || parent === undefined ? this : parent.body;
  }

  declares(name: string): boolean {
    return this.names.has(name) || (this.parent?.declares(name) ?? false);
  }
}

/** `owned`: is there an inner function or class around whose own `this` is meant? */
function visit(node: AnyNode, scope: Scope, uses: Use[], owned: boolean): void {
  const here = (child: AnyNode | null | undefined) => child && visit(child, scope, uses, owned);
  const within = (inner: Scope, children: readonly (AnyNode | null | undefined)[]) => {
    for (const child of children) if (child) visit(child, inner, uses, owned);
  };
  switch (node.type) {
    case "Identifier":
      uses.push({ name: node.name, scope });
      return;
    case "ThisExpression":
    case "Super":
      if (!owned) uses.push({ name: node.type === "Super" ? "super" : "this", scope: undefined });
      return;
    case "MetaProperty": {
      const name = `${node.meta.name}.${node.property.name}`;
      if (name === "import.meta" || !owned) uses.push({ name, scope: undefined });
      return;
    }
    case "ImportExpression":
      if (isRelative(node.source)) uses.push({ name: "import() of a relative path", scope: undefined });
      break;
    case "MemberExpression":
      here(node.object);
      if (node.computed) here(node.property);
      return;
    case "Property":
      if (node.computed) here(node.key);
      here(node.value);
      return;
    case "LabeledStatement":
      return void here(node.body);
    case "BreakStatement":
    case "ContinueStatement":
      return;
    case "VariableDeclaration":
      for (const { id, init } of node.declarations) {
        declare(id, node.kind === "var" ? scope.body : scope, (child) => here(child));
        here(init);
      }
      return;
    case "FunctionDeclaration":
      if (node.id) scope.names.add(node.id.name);
      return visitFunction(node, scope, uses, owned);
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return visitFunction(node, scope, uses, owned);
    case "ClassDeclaration":
    case "ClassExpression": {
      if (node.type === "ClassDeclaration" && node.id) scope.names.add(node.id.name);
      const inner = new Scope(scope);
      if (node.id) inner.names.add(node.id.name);
      return within(inner, [node.superClass, ...node.body.body]);
    }
    case "MethodDefinition":
    case "PropertyDefinition":
      if (node.computed) here(node.key);
      if (node.value) visit(node.value, new Scope(scope, true), uses, true);
      return;
    case "StaticBlock": {
      const inner = new Scope(scope, true);
      for (const child of node.body) visit(child, inner, uses, true);
      return;
    }
    case "BlockStatement":
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
      return within(new Scope(scope), childrenOf(node));
    case "SwitchStatement":
      here(node.discriminant);
      return within(new Scope(scope), node.cases);
    case "CatchClause": {
      const inner = new Scope(scope);
      if (node.param) declare(node.param, inner, (child) => within(inner, [child]));
      return within(inner, [node.body]);
    }
  }
  for (const child of childrenOf(node)) here(child);
}

/** Its name, its parameters and its body are scopes of their own: a default value sees no variable of the body. */
function visitFunction(fn: FunctionNode, around: Scope, uses: Use[], owned: boolean): void {
  const isArrow = fn.type === "ArrowFunctionExpression";
  const isInner = around.parent !== undefined;
  const ownsThis = owned || (!isArrow && isInner);
  const named = new Scope(around);
  if (fn.type === "FunctionExpression" && fn.id) named.names.add(fn.id.name);
  const parameters = new Scope(named, true);
  if (!isArrow) parameters.names.add("arguments");
  for (const parameter of fn.params) {
    declare(parameter, parameters, (child) => visit(child, parameters, uses, ownsThis));
  }
  const body = new Scope(parameters, true);
  const statements = fn.body.type === "BlockStatement" ? fn.body.body : [fn.body];
  for (const statement of statements) visit(statement, body, uses, ownsThis);
}

/** Declares the names of a pattern. `evaluate` gets what is evaluated on the way: default values and computed keys. */
function declare(pattern: Pattern, scope: Scope, evaluate: (child: AnyNode) => void): void {
  switch (pattern.type) {
    case "Identifier":
      scope.names.add(pattern.name);
      return;
    case "ObjectPattern":
      for (const property of pattern.properties) {
        if (property.type === "RestElement") declare(property.argument, scope, evaluate);
        else {
          if (property.computed) evaluate(property.key);
          declare(property.value, scope, evaluate);
        }
      }
      return;
    case "ArrayPattern":
      for (const element of pattern.elements) if (element) declare(element, scope, evaluate);
      return;
    case "RestElement":
      return declare(pattern.argument, scope, evaluate);
    case "AssignmentPattern":
      declare(pattern.left, scope, evaluate);
      return evaluate(pattern.right);
    case "MemberExpression":
      return evaluate(pattern); // only in assignments, which declare nothing
  }
}

/** `./x`, `../x` and `#x` mean what the module's place says. Of computed ones only the beginning of a template is known. */
function isRelative(source: Expression): boolean {
  const start =
    source.type === "TemplateLiteral" ? source.quasis[0]?.value.cooked : "value" in source && source.value;
  return typeof start === "string" && /^(\.{1,2}\/|#)/.test(start);
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flat()
    .filter((value): value is AnyNode => typeof value === "object" && typeof value?.type === "string");
}
