/** Flags that speak of what node runs at its start: a host runs its own module, and this once more would be the program. */
const OF_THE_START =
  /^(-(e|p|pe|ep|c|i)|--(eval|print|check|interactive|input-type|inspect|test|watch|run)\b.*)$/;
/** Flags that a thread may have of its own. */
const OF_THREADS =
  /^(-[rC]|--(require|import|loader|experimental-loader|conditions|enable-source-maps|no-warnings))(=|$)/;

/** The flags of this process that a process of its own may have too. */
export function flagsForProcess(flags: readonly string[]): string[] {
  return withValues(flags)
    .filter(([flag]) => !OF_THE_START.test(flag!))
    .flat();
}

/** The flags for a thread; undefined where it can have those of this process, as by default. */
export function flagsForThread(flags: readonly string[]): string[] | undefined {
  const all = withValues(flags);
  if (!all.some(([flag]) => flag!.startsWith("--input-type"))) return undefined;
  return all.filter(([flag]) => OF_THREADS.test(flag!)).flat();
}

/** Each flag with its value, where that stands by itself: nothing else in them begins without a dash. */
function withValues(flags: readonly string[]): string[][] {
  const all: string[][] = [];
  for (const word of flags) {
    const last = all.at(-1);
    const isValue = last !== undefined && last.length === 1 && (!word.startsWith("-") || takesCode(last[0]!));
    if (isValue) last.push(word);
    else all.push([word]);
  }
  return all;
}

/** Code may begin with a dash. */
function takesCode(flag: string): boolean {
  return flag === "-e" || flag === "--eval" || flag === "-pe";
}
