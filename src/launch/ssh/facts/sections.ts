import type { ByteString } from "../../../bytes/bytes.ts";

/** What a script has printed, by its lines `@NAME`: each begins a section. What comes before the first one is nobody's. */
export function sectionsOf(output: ByteString): ReadonlyMap<string, ByteString> {
  const sections = new Map<string, ByteString>();
  for (const part of `\n${output}`.split("\n@").slice(1)) {
    const end = part.indexOf("\n");
    sections.set(end === -1 ? part : part.slice(0, end), end === -1 ? "" : part.slice(end + 1));
  }
  return sections;
}
