/** Exactly `width` columns: cut or filled with blanks. */
export function fit(text: string, width: number): string {
  return clip(text, width).padEnd(width);
}

/**
 * At most `width` characters, none of them a control character. Wide characters (CJK, emoji) count as two, so that a
 * line never wraps.
 */
export function clip(text: string, width: number): string {
  let columns = 0;
  let clipped = "";
  for (const char of text) {
    columns += isWide(char) ? 2 : 1;
    if (columns > width) break;
    clipped += char < " " || (char >= "\x7f" && char <= "\x9f") ? " " : char;
  }
  return clipped;
}

/** 12 s, 3 min 05 s, 2 h 07 min, 3 d 04 h. */
export function duration(ms: number): string {
  const totalS = Math.floor(ms / 1000);
  if (totalS < 60) return `${totalS} s`;
  const units = [
    [86_400, "d", 3600, "h"],
    [3600, "h", 60, "min"],
    [60, "min", 1, "s"],
  ] as const;
  const [size, name, smallSize, smallName] = units.find(([unitS]) => totalS >= unitS)!;
  const small = Math.floor((totalS % size) / smallSize);
  return `${Math.floor(totalS / size)} ${name} ${String(small).padStart(2, "0")} ${smallName}`;
}

function isWide(char: string): boolean {
  const code = char.codePointAt(0)!;
  return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xff60) || code >= 0x1f300;
}
