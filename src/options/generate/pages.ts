import { compatibilityPage } from "./compat.ts";
import { manpage } from "./manpage.ts";

/** The checked-in files that are made from the table of options, by their paths in the repository. */
export function generatedPages(version: string): Readonly<Record<string, string>> {
  return {
    "share/man/man1/yonder.1": manpage(version),
    "docs/reference/parallel-compatibility.md": compatibilityPage(),
  };
}
