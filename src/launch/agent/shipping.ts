import { open, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { moduleFiles } from "../../function/module-files.ts";
import { YonderError } from "../../interface/errors.ts";
import type { PlacedFile, ToAgent } from "../../wire/agent.ts";
import type { FunctionSpec } from "../thread/protocol.ts";
import { hashOf } from "./hash-file.ts";

/** Sends a machine the modules of functions. */
export interface Shipping {
  /**
   * What the function is called there, when all its files are there.
   *
   * @throws YonderError FUNCTION, HOST
   */
  ship(spec: FunctionSpec, root: string): Promise<FunctionSpec>;
  /** The machine has not got these contents. */
  missing(id: number, hashes: readonly string[]): void;
  /** All files of a message are there, or cannot be. */
  placed(id: number, error: string | undefined): void;
  /** Nothing more comes from there. */
  end(reason: string): void;
}

export interface ShippingOptions {
  tell(message: ToAgent): Promise<void>;
  readonly host: string;
  /** Files and directories that go along. */
  readonly files: readonly string[];
}

interface Message {
  readonly paths: ReadonlyMap<string, string>;
  readonly done: PromiseWithResolvers<void>;
}

const PART_BYTES = 2 ** 20;

export function createShipping({ tell, host, files }: ShippingOptions): Shipping {
  const messages = new Map<number, Message>();
  const sent = new Map<string, Promise<void>>();
  let extra: Promise<void> | undefined;
  let over: Error | undefined;
  let lastId = 0;

  async function place(placed: readonly PlacedFile[]): Promise<void> {
    if (over !== undefined) throw over;
    if (placed.length === 0) return;
    const id = ++lastId;
    const done = Promise.withResolvers<void>();
    const paths = new Map(
      placed.flatMap((file) => ("hash" in file ? [[file.hash, file.path] as const] : [])),
    );
    messages.set(id, { paths, done });
    void tell({ type: "place", id, files: placed });
    await done.promise;
  }

  async function placeExtra(): Promise<void> {
    const found = (await Promise.all(files.map((path) => filesBelow(resolve(path))))).flat();
    await place(found);
  }

  /** Of files that many functions share, the machine asks for none twice. */
  async function placeModule(first: Parameters<typeof moduleFiles>[0]): Promise<void> {
    const { files, links } = await moduleFiles(first);
    await place([...files, ...links.map(({ path, to }) => ({ path, link: to }))]);
  }

  function once(key: string, first: Parameters<typeof moduleFiles>[0]): Promise<void> {
    let coming = sent.get(key);
    if (coming === undefined) sent.set(key, (coming = placeModule(first)));
    return coming;
  }

  async function sendContents({ paths, done }: Message, hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) {
      try {
        await sendContent(hash, paths.get(hash)!);
      } catch (error) {
        done.reject(cannotSend(host, (error as Error).message));
      }
    }
  }

  /** A part goes when the one before it is on its way, so that a large file is never here as a whole. */
  async function sendContent(hash: string, path: string): Promise<void> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      for (let at = 0, isLast = false; !isLast; ) {
        const bytes = new Uint8Array(Math.min(PART_BYTES, size - at));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
        at += bytesRead;
        isLast = at >= size || bytesRead === 0;
        await tell({ type: "content", hash, bytes: bytes.subarray(0, bytesRead), isLast });
      }
    } finally {
      await file.close();
    }
  }

  return {
    async ship(spec, root) {
      switch (spec.type) {
        case "module":
        case "actor": {
          await (extra ??= placeExtra());
          const { url } = spec;
          if (!url.startsWith("file:")) return spec;
          await once(url, url);
          const there = pathToFileURL(join(root, fileURLToPath(url))).href;
          return { ...spec, url: there + new URL(url).search };
        }
        case "inline": {
          await (extra ??= placeExtra());
          const path = resolve("[inline]");
          await once(spec.source, { text: spec.source, path });
          return { ...spec, base: join(root, path) };
        }
        default:
          return spec;
      }
    },
    missing(id, hashes) {
      const message = messages.get(id);
      if (message !== undefined) void sendContents(message, hashes);
    },
    placed(id, error) {
      const message = messages.get(id);
      messages.delete(id);
      if (error === undefined) message?.done.resolve();
      else message?.done.reject(cannotSend(host, error));
    },
    end(reason) {
      over = new YonderError("HOST", { message: `${host} is lost: ${reason}` });
      for (const { done } of messages.values()) done.reject(over);
      messages.clear();
    },
  };
}

async function filesBelow(path: string): Promise<PlacedFile[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new YonderError("INPUT", {
      message: `${path} of connect(…, { files }) cannot be read: ${(cause as Error).message}`,
      remedy: "name files and directories that are there",
      cause,
    });
  });
  if (found.isDirectory()) {
    const names = await readdir(path);
    return (await Promise.all(names.map((name) => filesBelow(join(path, name))))).flat();
  }
  if (!found.isFile()) return [];
  return [{ path, hash: await hashOf(path), sizeBytes: found.size }];
}

function cannotSend(host: string, why: string): YonderError {
  return new YonderError("HOST", {
    message: `${host}: modules cannot be sent: ${why}`,
    remedy: "see that the host has room in ~/.cache/yonder, or wherever XDG_CACHE_HOME is there",
  });
}
