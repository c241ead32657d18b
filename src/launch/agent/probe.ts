import { decodeText, encodeText } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import { isNodeUsable } from "../../interface/node-version.ts";
import type { Control } from "../ssh/control.ts";

/** What a host has that an agent needs. */
export interface Probe {
  /** In it is what is kept from one job to the next. */
  readonly cache: string;
  /** Contents in the cache, by `folder/hash.ending`. */
  readonly cached: ReadonlySet<string>;
  /** `Linux x86_64` */
  readonly system: string;
  /** "glibc", "musl", or "" where nobody can tell. */
  readonly libc: string;
  /** Those that were found, the first to be preferred. */
  readonly nodes: readonly FoundNode[];
}

export interface FoundNode {
  readonly path: string;
  /** `24.2.0` */
  readonly version: string;
}

/** @param wanted contents that may be in the cache, `folder/hash.ending` */
export async function probe(control: Control, wanted: readonly string[]): Promise<Probe> {
  const { output } = await control.run(scriptFor(wanted));
  const told = new Map<string, string[]>();
  for (const line of decodeText(output).split("\n")) {
    const [, key, value] = /^yonder:(\w+) (.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    told.set(key, [...(told.get(key) ?? []), value!]);
  }
  const nodes = (told.get("node") ?? []).flatMap((text) => {
    const [, version, path] = /^v(\S+) (.*)$/.exec(text) ?? [];
    return version === undefined ? [] : [{ version, path: path! }];
  });
  return {
    cache: told.get("cache")?.[0] ?? "",
    cached: new Set(told.get("cached")),
    system: told.get("system")?.[0] ?? "",
    libc: told.get("libc")?.[0] ?? "",
    nodes,
  };
}

/** The first that is new enough. */
export function usableNode({ nodes }: Probe): FoundNode | undefined {
  return nodes.find(({ version }) => isNodeUsable(version));
}

/**
 * An agent that is not what its name says is not there: it is sent again. A node is too long for that at each connection.
 *
 * What the shell of the connection has in its PATH comes first, then where people and programs put node, and last what the
 * login shell would find, for that may take its time.
 */
function scriptFor(wanted: readonly string[]): string {
  const words = wanted.map((name) => quoteWord(encodeText(name))).join(" ");
  return `c=\${XDG_CACHE_HOME:-$HOME/.cache}/yonder
printf 'yonder:cache %s\\n' "$c"
printf 'yonder:system %s\\n' "$(uname -sm)"
case $(ldd --version 2>&1) in *musl*) echo 'yonder:libc musl';; *GLIBC*|*GNU*) echo 'yonder:libc glibc';; esac
whole() { case $1 in agent/*) ;; *) return 0;; esac
h=$(sha256sum <"$c/$1" 2>/dev/null || shasum -a 256 <"$c/$1" 2>/dev/null); h=\${h%% *}
case $1 in "agent/\${h:-*}.mjs") ;; *) [ -z "$h" ];; esac; }
for f in ${words}; do [ ! -s "$c/$f" ] || ! whole "$f" || printf 'yonder:cached %s\\n' "$f"; done
try() { [ -x "$1" ] && v=$("$1" --version) && printf 'yonder:node %s %s\\n' "$v" "$1"; }
try "$(command -v node)"
for n in "$HOME/.local/bin/node" /usr/local/bin/node; do try "$n"; done
d=\${NVM_DIR:-$HOME/.nvm}; v=
for i in 1 2 3; do [ -r "$d/alias/\${v:-default}" ] || break; read -r v <"$d/alias/\${v:-default}"; done
for n in "$d/versions/node/v\${v#v}"*/bin/node; do try "$n"; done
n=$("\${SHELL:-/bin/sh}" -lc 'printf "\\nyonder "; command -v node' </dev/null 2>/dev/null | sed -n 's/^yonder //p')
try "$n"
:`;
}
