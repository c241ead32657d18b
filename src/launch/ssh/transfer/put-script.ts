import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { DEFINE_SUM } from "./digest.ts";
import { type Item, itemTarget } from "./local-items.ts";
import { NAME_MAX, TAR_END, tarHeader, tarPadding } from "./tar-write.ts";

/** Asks which of these files are on the host with the same size: their numbers, and their digests if it can tell. */
export function askScript(items: readonly Item[]): ByteString {
  const questions = items.map((item, index) =>
    item.type === "file" ? `c ${index} ${quoteWord(itemTarget(item))} ${item.size}\n` : "",
  );
  return (
    `${DEFINE_SUM}c() { [ -f "$2" ] && [ ! -L "$2" ] && [ "$(wc -c <"$2")" -eq $3 ] && printf '%s ' $1 && sum <"$2"; }\n` +
    `${questions.join("")}:`
  );
}

/** A file with its bytes, or what is no file. */
export interface Put {
  readonly item: Item;
  readonly content: Buffer | undefined;
}

/**
 * Makes things in a directory beside their destination, the files from an archive, and moves them to where they shall be
 * when all are whole.
 *
 * @param staging a directory that is not there yet, on the file system of all of them
 */
export function putRequest(
  puts: readonly Put[],
  staging: ByteString,
): { readonly script: ByteString; readonly payload: readonly Buffer[] } {
  const directories = makeDirectories(puts.map(({ item }) => item));
  const groups = [...Map.groupBy(puts.filter(isNoDirectory), ({ item }) => item.directory).values()];
  if (groups.length === 0) return { script: `${directories}:`, payload: [] };
  const payload: Buffer[] = [];
  let specials = "";
  let moves = "";
  for (const [number, group] of groups.entries()) {
    const staged: ByteString[] = [];
    for (const [index, put] of group.entries()) {
      const { item, content } = put;
      // What has too long a name for an archive has a number there.
      const isLong = `${number}/${item.name}`.length > NAME_MAX;
      const name = isLong ? `long/${number}.${index}` : `${number}/${item.name}`;
      const word = `"$s"/${quoteWord(name)}`;
      if (content === undefined) specials += `${makeSpecial(item)} ${word} &&\n`;
      else
        payload.push(tarHeader({ ...item, name, size: content.length }), content, tarPadding(content.length));
      if (isLong) moves += `mv -f ${word} ${quoteWord(itemTarget(item))} &&\n`;
      else staged.push(word);
    }
    const to = quoteWord(`${group[0]!.item.directory}/`);
    for (const words of inWords(staged)) moves += `mv -f ${words} ${to} &&\n`;
  }
  const places = [...groups.keys(), "long"].map((name) => `"$s"/${name}`).join(" ");
  const unpack = payload.length === 0 ? "" : `tar xpof - -C "$s" &&\n`;
  return {
    script:
      `${directories}s=${quoteWord(staging)}\n[ ! -e "$s" ] || rm -rf "$s"\nmkdir "$s" ${places} &&\n${unpack}${specials}${moves}:\n` +
      `r=$?; rm -rf "$s"; exit $r`,
    payload: payload.length === 0 ? [] : [...payload, TAR_END],
  };
}

/** Those that are missing, outermost first. */
export function makeDirectories(items: readonly Pick<Item, "above">[]): ByteString {
  const all = new Map(items.flatMap(({ above }) => above.map(({ path, denied }) => [path, denied] as const)));
  let script = "";
  for (const [path, denied] of all) {
    const word = quoteWord(path);
    const restrict = denied === "" ? "" : ` && chmod ${denied} ${word}`;
    script += `[ -d ${word} ] || { mkdir -p ${word}${restrict}; } || exit\n`;
  }
  return script;
}

function makeSpecial(item: Item): ByteString {
  if (item.type === "link") return `ln -s ${quoteWord(item.linkTarget)}`;
  return `mkfifo -m ${item.mode.toString(8)}`;
}

function isNoDirectory({ item }: Put): boolean {
  return item.type !== "directory";
}

/** A command may have some 128 KiB of words everywhere. */
const WORDS_BYTES_MAX = 60_000;

function* inWords(words: readonly ByteString[]): Generator<ByteString> {
  let line = "";
  for (const word of words) {
    if (line.length + word.length > WORDS_BYTES_MAX) {
      yield line;
      line = "";
    }
    line += ` ${word}`;
  }
  if (line !== "") yield line;
}
