/** Breaks text into lines of at most `width` columns; lines that begin with a blank stay as they are. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n\n").flatMap((paragraph, index) => {
    const lines = paragraph.split("\n");
    const gap = index === 0 ? [] : [""];
    if (lines.some((line) => line.startsWith(" "))) return [...gap, ...lines];
    return [...gap, ...fill(lines.join(" "), width)];
  });
}

function fill(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
