import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";

/** A file or directory that shall come from a host. */
export interface Wanted {
  /** Where it is there: its directory, and its name in this. */
  readonly directory: ByteString;
  readonly name: ByteString;
  /** Where it shall be here. */
  readonly local: ByteString;
}

export type Verdict = "comes" | "missing" | "unreadable" | "big";

/**
 * Tells what does not come, in lines, ends them with a dot, and lets the rest follow in archives: one for each directory,
 * in the order of `groupsOf`.
 */
export function fetchScript(wanted: readonly Wanted[], bigBytes: number): ByteString {
  const groups = groupsOf(wanted);
  const blocks = bigBytes / 512 - 1;
  const paths = wanted.map(wantedPath).map(quoteWord);
  const looks = paths.map((path, index) => `l ${index} ${path}\n`);
  const archives = groups.map(({ directory, members }) => {
    const words = members.map(
      ({ index, name }) => `[ -z "$k${index}" ] || set -- "$@" ${quoteWord(`./${name}`)}\n`,
    );
    return `set --\n${words.join("")}[ $# -eq 0 ] || pack ${quoteWord(directory)} "$@" || r=1\n`;
  });
  return (
    `${definePack(wanted)}r=0; big() { find "$@" -prune -type f -size +${blocks} 2>/dev/null; }\n` +
    `b=$(big ${paths.join(" ")})\n` +
    `l() { if [ ! -e "$2" ] && [ ! -L "$2" ]; then echo m $1; elif [ -e "$2" ] && [ ! -r "$2" ]; then echo u $1; ` +
    `elif [ -n "$b" ] && [ -n "$(big "$2")" ]; then echo b $1; else eval k$1=y; fi; }\n` +
    `${looks.join("")}echo .\n${archives.join("")}exit $r`
  );
}

/**
 * Shell source that defines `pack DIRECTORY ./NAME…`, for these names. GNU's tar takes a backslash in one for the start of
 * an escape, unless it is told not to.
 */
export function definePack(wanted: readonly Pick<Wanted, "name">[]): ByteString {
  const isOdd = wanted.some(({ name }) => name.includes("\\"));
  const option = isOdd ? "if tar --no-unquote --version >/dev/null 2>&1; then u=--no-unquote; fi\n" : "";
  return `u=\n${option}pack() { d=$1; shift; tar cf - $u -C "$d" "$@"; }\n`;
}

export interface Group {
  readonly directory: ByteString;
  readonly members: readonly (Wanted & { readonly index: number })[];
}

export function groupsOf(wanted: readonly Wanted[]): Group[] {
  const numbered = wanted.map((one, index) => ({ ...one, index }));
  return [...Map.groupBy(numbered, ({ directory }) => directory)].map(([directory, members]) => ({
    directory,
    members,
  }));
}

export function wantedPath({ directory, name }: Pick<Wanted, "directory" | "name">): ByteString {
  return `${directory}/${name}`;
}

const VERDICTS: Readonly<Record<string, Verdict>> = { m: "missing", u: "unreadable", b: "big" };

/** @param text what stands before the archives */
export function parseVerdicts(text: ByteString, count: number): Verdict[] {
  const verdicts = Array.from({ length: count }, (): Verdict => "comes");
  for (const [, letter, index] of text.matchAll(/^([mub]) (\d+)$/gm))
    verdicts[Number(index)] = VERDICTS[letter!]!;
  return verdicts;
}
