import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import type { Cid } from "../../interface/store.ts";
import { cidOf } from "../cid.ts";
import type { Block } from "../unixfs/block.ts";
import { encodeNode } from "../unixfs/dag-pb.ts";
import { type FsStore, fsStore } from "./fs-store.ts";

/** A directory that is removed after the file's tests. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "yonder-store-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A new store; closed by the test, or never, as by a process that dies. */
export function aStore(): FsStore {
  return fsStore(join(scratch(), "store"));
}

export function aBlock(bytes = 100): Block {
  const content = randomBytes(bytes);
  return { cid: cidOf("raw", content), bytes: content };
}

/** A dag-pb node that refers to others. */
export function aNode(children: readonly Cid[]): Block {
  const links = children.map((cid, index) => ({ cid, name: `${index}`, dagBytes: 0 }));
  const bytes = encodeNode({ links, data: Buffer.of(8, 1) });
  return { cid: cidOf("dag-pb", bytes), bytes };
}

export async function putBlocks(store: FsStore, ...blocks: readonly Block[]): Promise<void> {
  await Promise.all(blocks.map(({ cid, bytes }) => store.putBlock(cid, bytes)));
}

/** A file of random bytes in a directory of its own. */
export function aFile(bytes: number | Buffer): string {
  const path = join(scratch(), "file");
  writeFileSync(path, typeof bytes === "number" ? randomBytes(bytes) : bytes);
  return path;
}

/** Times of files settle: what is put after this is known by its stat. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 60));
}

export async function contents(store: FsStore): Promise<Map<Cid, number>> {
  const sizes = new Map<Cid, number>();
  for await (const { cid, sizeBytes } of store.listBlocks()) sizes.set(cid, sizeBytes);
  return sizes;
}

/** A process that does what fixture-user.ts says. */
export function aUser(store: Pick<FsStore, "directory">, ...words: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL("fixture-user.ts", import.meta.url));
  return spawn(process.execPath, [program, store.directory, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Its lines, whole ones only: a line that was cut off says nothing. */
export async function linesOf(user: ChildProcess): Promise<string[]> {
  let text = "";
  for await (const chunk of user.stdout!) text += String(chunk);
  return text.split("\n").slice(0, -1);
}
