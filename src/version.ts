import { readFileSync } from "node:fs";

declare const YONDER_VERSION: string | undefined;

/** Of this program; in a bundle it stands in the code. */
export const VERSION: string = typeof YONDER_VERSION === "string" ? YONDER_VERSION : packageVersion();

function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
