import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { DEFINE_SUM } from "./digest.ts";
import { type Item, itemTarget } from "./local-items.ts";

/**
 * Asks which of these files are on the host with the same size, and for their digests. Where a file is not there, as on a
 * fresh host, no program is started for it.
 *
 * Programs answer for many files in the order in which these are named. But a name with a newline may make two lines:
 * such a file is asked about alone.
 */
export function askScript(items: readonly Item[]): ByteString {
  const files = items.map((item, index) => ({ item, index })).filter(({ item }) => item.type === "file");
  const lines = files.map(({ item, index }) => {
    const path = itemTarget(item);
    return `${path.includes("\n") ? "c" : "q"} ${index} ${item.size} ${quoteWord(path)}\n`;
  });
  return DEFINE_SUM + FUNCTIONS + lines.join("") + SUM_UP;
}

/**
 * `c` tells of one, and `q` keeps it: `i` has the numbers of those that are there, `zN` and `pN` size and path of number N.
 * A link gives way to a file, as with rsync.
 */
const FUNCTIONS: ByteString =
  `c() { [ -f "$3" ] && [ ! -L "$3" ] && [ "$(wc -c <"$3")" -eq $2 ] && printf '%s %s\\n' "$1" "$(sum <"$3")"; }\n` +
  `q() { if [ -f "$3" ] && [ -r "$3" ] && [ ! -L "$3" ]; then i="$i $1"; eval "z$1=$2 p$1=\\$3"; fi; }\n` +
  `all() { for k in $i; do eval "set -- \\"\\$@\\" \\"\\$p$k\\""; done; "$f" "$@"; }\n` +
  `i=\n`;

/** `wc` and `sum` for all that are kept; then for those with their size. */
const SUM_UP: ByteString =
  `[ -n "$i" ] || exit 0\n` +
  `size() { wc -c "$@"; }\n` +
  `f=size; all | { s=; for k in $i; do read -r n x; eval "[ $n -eq \\$z$k ]" && s="$s $k"; done; i=$s\n` +
  `[ -n "$i" ] || exit 0\n` +
  `f=sum; all | for k in $i; do IFS= read -r x; printf '%s %s\\n' "$k" "$x"; done; }`;
