/** The oldest Node that yonder runs on, here and on other machines. package.json's `engines` says the same. */
export const NODE_MIN = "24.2.0";

/**
 * Compares by hand: a collator would load 10 ms of languages at each start.
 *
 * @param version `24.2.0`
 */
export function isNodeUsable(version: string): boolean {
  const parts = version.split(".");
  for (const [at, least] of NODE_MIN.split(".").entries()) {
    const part = Number.parseInt(parts[at] ?? "0", 10);
    if (part !== Number(least)) return part > Number(least);
  }
  return true;
}

/** What is wrong with a Node that is too old, and how to get one that is not. */
export function nodeTooOld(
  version: string,
  path: string,
): { readonly message: string; readonly remedy: string } {
  return {
    message: `yonder needs Node ${NODE_MIN} or newer, and this is Node ${version} (${path})`,
    remedy:
      "install a newer one from https://nodejs.org, with a version manager (nvm install 24), or from npm (npm install -g node@24)",
  };
}
