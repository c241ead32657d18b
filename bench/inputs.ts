import { closeSync, existsSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Setting } from "./measurement.ts";

/** A file of the numbers from 1 to `count`, one a line. */
export function numbers({ directory }: Setting, count: number): string {
  const path = join(directory, `numbers-${count}`);
  if (existsSync(path)) return path;
  let text = "";
  for (let number = 1; number <= count; number++) text += `${number}\n`;
  writeFileSync(path, text);
  return path;
}

/** A file of lines of 20 to 99 characters, of so many million bytes and up to one line more. */
export function textFile(
  { directory }: Setting,
  megabytes: number,
): { readonly path: string; readonly lines: number } {
  const { block, lines } = textBlock();
  const times = Math.ceil((megabytes * 1e6) / block.length);
  const path = join(directory, `text-${megabytes}`);
  if (!existsSync(path)) {
    const fd = openSync(path, "w");
    for (let written = 0; written < times; written++) writeSync(fd, block);
    closeSync(fd);
  }
  return { path, lines: times * lines };
}

/** About a megabyte of lines, the same each time. */
function textBlock(): { readonly block: Buffer; readonly lines: number } {
  const text: string[] = [];
  let bytes = 0;
  for (let length = 20; bytes < 1e6; length = 20 + ((length * 37 + 11) % 80)) {
    text.push(`${"abcdefghij".repeat(10).slice(0, length - 1)}\n`);
    bytes += length;
  }
  return { block: Buffer.from(text.join("")), lines: text.length };
}
