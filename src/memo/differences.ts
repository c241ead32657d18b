/** What has a name and a hash: a part of a key, a file of a module's graph. */
export interface Hashed {
  readonly name: string;
  readonly hash: string;
}

export interface Difference {
  readonly name: string;
  readonly change: "changed" | "added" | "removed";
}

/** What makes two lists differ, sorted by name. */
export function differences(before: readonly Hashed[], after: readonly Hashed[]): Difference[] {
  const old = new Map(before.map(({ name, hash }) => [name, hash]));
  const names = new Set(after.map(({ name }) => name));
  const changes: Difference[] = [];
  for (const { name, hash } of after) {
    if (!old.has(name)) changes.push({ name, change: "added" });
    else if (old.get(name) !== hash) changes.push({ name, change: "changed" });
  }
  for (const { name } of before) if (!names.has(name)) changes.push({ name, change: "removed" });
  return changes.sort((a, b) => (a.name < b.name ? -1 : 1));
}
