import { type StoreConformance, storeSkips } from "./store.ts";

/** What stores can do, as a table in Markdown: a row for each promise, with the reason where a store does not keep it. */
export async function storeTable(stores: readonly StoreConformance[]): Promise<string> {
  const skips = await Promise.all(stores.map(storeSkips));
  const promises = [...(skips[0]?.keys() ?? [])];
  const rows = promises.map((name) => [name, ...skips.map((reasons) => reasons.get(name) ?? "yes")]);
  const heads = ["promise", ...stores.map(({ name }) => `\`${name}\``)];
  return [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
