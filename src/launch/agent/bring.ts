import { once } from "node:events";
import { decodeText, encodeText } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import { YonderError } from "../../interface/errors.ts";
import { NODE_MIN } from "../../interface/node-version.ts";
import type { Connection } from "../ssh/connection.ts";
import { agentBundle, type Content } from "./bundle.ts";
import { nodeFor } from "./node.ts";
import { type Probe, probe, usableNode } from "./probe.ts";

/** Where an agent and its node are on a host. */
export interface Installed {
  readonly node: string;
  readonly agent: string;
}

/**
 * Sees to it that a host can run the agent: sends it what its cache lacks, once. Nothing comes from anywhere else.
 *
 * @param bringNode may a node be sent too, where the host has none that is new enough?
 * @throws YonderError HOST
 */
export async function bringAgent(connection: Connection, bringNode: boolean): Promise<Installed> {
  const bundle = await agentBundle();
  const name = `agent/${bundle.hash}.mjs`;
  const found = await probe(connection.control, [name]);
  const node = usableNode(found)?.path ?? (await broughtNode(connection, found, bringNode));
  if (!found.cached.has(name)) await send(connection, found, { name, ...bundle }, 0o600);
  return { node, agent: `${found.cache}/${name}` };
}

async function broughtNode(connection: Connection, found: Probe, isAllowed: boolean): Promise<string> {
  if (!isAllowed) throw noNode(connection, found);
  const bundle = await nodeFor(hostName(connection), found);
  const name = `node/${bundle.hash}/node`;
  const { cached } = await probe(connection.control, [name]);
  if (!cached.has(name)) await send(connection, found, { name, ...bundle }, 0o700);
  return `${found.cache}/${name}`;
}

/** Streams a file into the cache: whole and as it should be, or not at all. */
async function send(
  connection: Connection,
  { cache }: Probe,
  file: Content & { readonly name: string },
  mode: number,
): Promise<void> {
  const path = `${cache}/${file.name}`;
  const script = `f=${quoteWord(encodeText(path))}; t=$f.$$; umask 077; mkdir -p "\${f%/*}" && cat >"$t" || exit 1
s=$(wc -c <"$t") && [ "$s" -eq ${file.bytes.length} ] || { rm -f "$t"; echo "only $s bytes of ${file.bytes.length} arrived" >&2; exit 1; }
h=$(sha256sum <"$t" 2>/dev/null || shasum -a 256 <"$t" 2>/dev/null); h=\${h%% *}
case $h in ''|${file.hash}) chmod ${mode.toString(8)} "$t" && mv "$t" "$f";; *) rm -f "$t"; echo 'it arrived damaged' >&2; exit 1;; esac`;
  const child = connection.open(`exec sh -c ${quoteWord(script)}`, ["pipe", "ignore", "pipe"]);
  let complaint = "";
  child
    .stderr!.setEncoding("utf8")
    .on("data", (text: string) => (complaint = (complaint + text).slice(-1000)));
  child.stdin!.on("error", () => {}); // its end says why
  child.stdin!.end(file.bytes);
  const [code] = (await once(child, "close")) as [number | null];
  if (code === 0) return;
  throw new YonderError("HOST", {
    message: `${hostName(connection)}: ${path} cannot be written: ${complaint.trim() || `exit ${code}`}`,
    remedy: "make room there, or set XDG_CACHE_HOME on the host to a directory that can be written",
  });
}

function noNode(connection: Connection, { nodes }: Probe): YonderError {
  const host = hostName(connection);
  const has = nodes.map(({ path, version }) => `${path} is ${version}`).join(", ");
  return new YonderError("HOST", {
    message: `${host} has no node ${NODE_MIN} or newer: ${has || "none in its PATH, ~/.local/bin, /usr/local/bin or of nvm"}`,
    remedy: `install one there, or let yonder send its own, once: connect("ssh://${host}", { bringNode: true })`,
  });
}

export function hostName({ login }: Connection): string {
  return decodeText(login.name);
}
