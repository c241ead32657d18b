// Bundles the program: what each run loads, and apart from it what only some commands and options import.
import { join, relative } from "node:path";
import { type BuildOptions, build, type OnResolveArgs, type Plugin } from "esbuild";
import { NODE_MIN } from "../src/interface/node-version.ts";

export interface ProgramBundles {
  /** Scripts that load-bundle.ts calls: each is one function. */
  readonly main: string;
  readonly later: string;
  /** The files that they are made of. */
  readonly inputs: readonly string[];
}

const MAIN = "src/cli/main.ts";
const FROM_MAIN = "main:";

/**
 * Modules that are imported on demand are a bundle of their own: to read them, and what V8 has made of them, would be half of
 * what each yonder loads. They take what they share with the others from there, so that no module is there twice.
 */
export async function bundleProgram(root: string, version: string): Promise<ProgramBundles> {
  const options: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: "node",
    target: `node${NODE_MIN}`,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    charset: "ascii",
    metafile: true,
    define: { YONDER_VERSION: JSON.stringify(version), "import.meta.url": "BUNDLE_URL" },
  };
  const parts = await partsOf(root, options);
  const later = await bundleLater(root, options, parts);
  const main = await bundleMain(root, options, parts, later.shared);
  return { main: main.text, later: later.text, inputs: [...main.inputs, ...later.inputs] };
}

interface Parts {
  /** What is loaded in any case. */
  readonly first: ReadonlySet<string>;
  /** What that imports on demand. */
  readonly onDemand: ReadonlySet<string>;
}

async function partsOf(root: string, options: BuildOptions): Promise<Parts> {
  const onDemand = new Set<string>();
  const plugin = resolving(root, (path, { kind }) => {
    if (kind !== "dynamic-import") return undefined;
    onDemand.add(path);
    return { path, external: true };
  });
  const { metafile } = await build({
    ...options,
    entryPoints: [MAIN],
    format: "esm",
    plugins: [plugin, builtins],
  });
  const first = new Set(Object.keys(metafile!.inputs));
  return { first, onDemand: new Set([...onDemand].filter((path) => !first.has(path))) };
}

type Shared = ReadonlyMap<string, ReadonlySet<string>>;

/** @returns `shared`: the names that it takes from modules of the main bundle */
async function bundleLater(root: string, options: BuildOptions, { first, onDemand }: Parts) {
  const plugin = resolving(root, (path, { kind, importer }) => {
    if (!first.has(path)) return undefined;
    if (kind === "dynamic-import")
      throw new Error(`${importer} need not wait for ${path}, which is loaded already`);
    return { path: FROM_MAIN + path, external: true };
  });
  const modules = [...onDemand].sort().map((path) => `${JSON.stringify(path)}:()=>require("./${path}")`);
  const { text, inputs } = await bundleText({
    ...options,
    stdin: { contents: `export const modules={${modules.join(",")}}`, resolveDir: root },
    format: "esm",
    plugins: [plugin, builtins],
  });
  const shared = new Map<string, Set<string>>();
  const body = text
    .replace(/import\s*\{([^}]*)\}\s*from\s*"main:([^"]+)";?/g, (_all, names: string, path: string) => {
      const known = shared.get(path) ?? new Set();
      shared.set(path, known);
      for (const name of names.split(",")) known.add(name.split(" as ")[0]!.trim());
      return `const {${names.replaceAll(" as ", ":")}}=MAIN[${JSON.stringify(path)}];`;
    })
    .replace(
      /export\s*\{([^}]*)\};?\s*$/,
      (_all, names: string) => `return{${names.replaceAll(/(\w+) as (\w+)/g, "$2:$1")}};`,
    );
  if (/^(?:import|export)\b|from"main:/m.test(body))
    throw new Error("the bundle of what is loaded later has imports left");
  return { text: `"use strict";(function(BUNDLE_URL,MAIN){${body}})`, inputs, shared };
}

async function bundleMain(root: string, options: BuildOptions, { first }: Parts, shared: Shared) {
  const plugin: Plugin = {
    name: "later",
    setup(on) {
      on.onResolve({ filter: /^\./, namespace: "file" }, ({ kind, path, resolveDir }) => {
        const file = relative(root, join(resolveDir, path));
        return kind !== "dynamic-import" || first.has(file) ? undefined : { path: file, namespace: "later" };
      });
      on.onLoad({ filter: /.*/, namespace: "later" }, ({ path }) => ({
        contents: `module.exports=LATER(${JSON.stringify(path)})`,
      }));
    },
  };
  const { text, inputs } = await bundleText({
    ...options,
    stdin: { contents: mainEntry(shared), resolveDir: root },
    format: "cjs",
    plugins: [plugin, builtins],
  });
  return {
    text: `"use strict";(function(BUNDLE_URL,LATER){const module={exports:{}};${text}return module.exports})`,
    inputs,
  };
}

/** What is loaded later gets what it shares when it asks: nothing of it is made before. */
function mainEntry(shared: Shared): string {
  let imports = `export {main} from "./${MAIN}";`;
  let objects = "";
  let count = 0;
  for (const [path, names] of shared) {
    const pairs = [...names].map((name) => [name, `shared${++count}`] as const);
    imports += `import {${pairs.map(([name, local]) => `${name} as ${local}`).join()}} from "./${path}";`;
    objects += `${JSON.stringify(path)}:{${pairs.map((pair) => pair.join(":")).join()}},`;
  }
  return `${imports}export const shared=()=>({${objects}})`;
}

async function bundleText(options: BuildOptions): Promise<{ text: string; inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build(options);
  const inputs = Object.keys(metafile!.inputs).filter((path) => !/^(?:later|builtin):|^<stdin>$/.test(path));
  return { text: outputFiles![0]!.text, inputs };
}

/** Asks `decide` where an import of one of our files leads, named from the root. */
function resolving(
  root: string,
  decide: (path: string, args: OnResolveArgs) => { path: string; external: true } | undefined,
): Plugin {
  return {
    name: "resolving",
    setup(on) {
      on.onResolve({ filter: /^\./ }, (args) =>
        decide(relative(root, join(args.resolveDir, args.path)), args),
      );
    },
  };
}

/**
 * An ES import of `node:fs` reads all of its exports, one of which loads the promise API and half of readline with it;
 * taking the module itself does not. 10 ms of the start of every yonder.
 */
const builtins: Plugin = {
  name: "builtins",
  setup(on) {
    on.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "builtin" }));
    on.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({ contents: shimOf(path) }));
  },
};

function shimOf(path: string): string {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(path)));
  const names = properties
    .filter(([name, own]) => "value" in own && /^[a-zA-Z]\w*$/.test(name))
    .map(([name]) => name);
  return `export const {${names.join(",")}}=process.getBuiltinModule(${JSON.stringify(path)})`;
}
