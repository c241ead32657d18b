import { test } from "node:test";
import type { BlockStore, FileStore } from "../interface/store.ts";
import { BLOCK_PROMISES } from "./store/blocks.ts";
import { DAMAGE_PROMISES } from "./store/damage.ts";
import { FILE_PROMISES } from "./store/files.ts";
import type { StoreHarness, StorePromise } from "./store/promise.ts";
import { SHARING_PROMISES } from "./store/sharing.ts";

export type { StoreHarness } from "./store/promise.ts";

export interface StoreConformance {
  /** How the store is called in the names of the tests. */
  readonly name: string;
  /** A new and empty store for each test. */
  readonly setup: () => Promise<StoreHarness>;
  /** What this store cannot promise, each with its reason, which the documentation shows. */
  readonly skip?: readonly StoreSkip[];
}

export interface StoreSkip {
  readonly test: string;
  readonly reason: string;
}

const PROMISES: readonly StorePromise[] = [
  ...BLOCK_PROMISES,
  ...SHARING_PROMISES,
  ...DAMAGE_PROMISES,
  ...FILE_PROMISES,
];

/**
 * Declares a test of node:test for each promise of `interface/store.ts`, to be run against one store. A test that needs
 * what the store does not declare, or the harness does not offer, is skipped and says so.
 *
 * @throws Error for a skip of a test that does not exist
 */
export function storeConformance(options: StoreConformance): void {
  for (const { test: name } of options.skip ?? [])
    if (!PROMISES.some((promise) => promise.name === name))
      throw new Error(`no test of stores is called "${name}"`);
  for (const promise of PROMISES) {
    const skip = options.skip?.find((skip) => skip.test === promise.name);
    test(`${options.name}: ${promise.name}`, { skip: skip?.reason ?? false }, (context) =>
      withHarness(options, async (harness) => {
        const lack = lackOf(promise, harness);
        if (lack === undefined) await promise.keep(harness);
        else context.skip(lack);
      }),
    );
  }
}

/** Each test with the reason for which it is not run against a store; undefined where it is. */
export async function storeSkips(options: StoreConformance): Promise<Map<string, string | undefined>> {
  const reasons = new Map<string, string | undefined>();
  await withHarness(options, async (harness) => {
    for (const promise of PROMISES) reasons.set(promise.name, lackOf(promise, harness));
  });
  for (const { test: name, reason } of options.skip ?? []) reasons.set(name, reason);
  return reasons;
}

async function withHarness(
  { setup }: StoreConformance,
  use: (harness: StoreHarness) => Promise<void>,
): Promise<void> {
  const harness = await setup();
  try {
    await use(harness);
  } finally {
    await harness.store[Symbol.asyncDispose]();
    await harness.cleanup?.();
  }
}

function lackOf({ needs }: StorePromise, { store, open, damage }: StoreHarness): string | undefined {
  switch (needs) {
    case undefined:
      return undefined;
    case "files":
      return isFileStore(store) ? undefined : "the store declares no whole files";
    case "shared":
      return store.capabilities.shared && open ? undefined : "the store is of one process";
    case "damage":
      return damage ? undefined : "nobody else can reach the bytes of this store";
  }
}

function isFileStore(store: BlockStore): store is FileStore {
  return store.capabilities.files;
}
