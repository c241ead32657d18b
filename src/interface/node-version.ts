/** The oldest Node that yonder runs on, here and on other machines. package.json's `engines` says the same. */
export const NODE_MIN = "24.2.0";

/** @param version `24.2.0` */
export function isNodeUsable(version: string): boolean {
  return version.localeCompare(NODE_MIN, "en", { numeric: true }) >= 0;
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
