/** The version of GNU parallel whose behaviour this is; scripts ask for it with --minversion. */
export const GNU_VERSION = 20221122;

/** What --version prints. Under the names of GNU parallel the third word is the version that scripts look for. */
export function versionText(name: string, version: string): string {
  if (name === "yonder") return `yonder ${version}\nDoes what GNU parallel ${GNU_VERSION} does.\n`;
  return `GNU parallel ${GNU_VERSION} is what this behaves like; it is yonder ${version}.\nLicense Apache-2.0. No warranty.\n`;
}

/** --minversion VERSION: prints the version, and fails where it is too old. */
export function minversion(wanted: number): { readonly stdout: string; readonly exitCode: number } {
  return { stdout: `${GNU_VERSION}\n`, exitCode: wanted > GNU_VERSION ? 255 : 0 };
}
