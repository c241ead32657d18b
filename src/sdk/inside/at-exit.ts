/** Calls `last` when the process ends by process.exit or because nothing is left to do, until the returned function is called. */
export function atExit(last: () => void): () => void {
  if (all.size === 0) process.on("exit", runAll);
  all.add(last);
  return () => {
    all.delete(last);
    if (all.size === 0) process.off("exit", runAll);
  };
}

// One listener for all: Node warns of more than ten, and a program may have more jobs.
const all = new Set<() => void>();

function runAll(): void {
  for (const last of all) last();
}
