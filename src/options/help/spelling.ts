import type { OptionRow } from "../table/row.ts";

/** How an option is typed, the short forms first: `-j N, -P N, --jobs N`. */
export function spellings(row: OptionRow, aliases: "short" | "all"): string[] {
  const names = [row.name, ...(row.aliases ?? [])];
  const letters = names
    .filter((name) => name.length === 1)
    .map((name) => dashed(name) + valueText(row, name));
  const words = names.filter((name) => name.length > 1);
  const shown = aliases === "all" ? words : words.slice(0, 1);
  return [...letters, ...shown.map((name) => dashed(name) + valueText(row, name))];
}

export function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

export function takesValue(row: OptionRow): boolean {
  return row.value !== undefined && row.value !== "flag";
}

function valueText(row: OptionRow, name: string): string {
  if (!takesValue(row)) return "";
  const value = row.valueName ?? "VALUE";
  const optional = row.value === "optionalString" || row.value === "optionalFloat";
  if (!optional) return ` ${value}`;
  return name.length === 1 ? `[${value}]` : `[=${value}]`;
}
