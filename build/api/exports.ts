import type { Node } from "typescript/unstable/ast";
import { API, SymbolFlags } from "typescript/unstable/sync";

export interface Exports {
  /** The declarations behind the exports of a module, by name. */
  readonly declarations: ReadonlyMap<string, Node>;
  /** The declaration that an identifier means; undefined for none, or one of a library. */
  meaningOf(identifier: Node): Node | undefined;
}

/** Calls a function with a module's exports. Nodes live as long as the call: they come from a compiler that runs beside it. */
export function withExports<T>(tsconfig: string, module: string, use: (exports: Exports) => T): T {
  const api = new API();
  try {
    const project = api.updateSnapshot({ openProjects: [tsconfig] }).getProject(tsconfig)!;
    const { checker, program } = project;
    type Symbol = ReturnType<typeof checker.getExportsOfModule>[number];
    const declarationOf = (symbol: Symbol): Node | undefined => {
      const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return target.declarations[0]?.resolve(project);
    };
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(module)!)!;
    return use({
      declarations: new Map(checker.getExportsOfModule(symbol).map((one) => [one.name, declarationOf(one)!])),
      meaningOf(identifier) {
        const found = checker.getSymbolAtLocation(identifier);
        const node = found && declarationOf(found);
        return node?.getSourceFile().isDeclarationFile ? undefined : node;
      },
    });
  } finally {
    api.close();
  }
}
