import type { LineDecoration } from "./lines.ts";

/**
 * Backgrounds (numbers of the 256-colour palette) with a black or white foreground, in the order in which GNU parallel
 * gives them to tasks.
 */
const COLORS = [
  "134w 21w 243w 149b 102w 231b 203w 78b 73w 208b 167w 6b 44w 22w 244w 150b 103w 249b 204w 79b 74w 209b",
  "168w 7b 45w 186b 135w 151b 104w 250b 205w 80b 75w 210b 169w 9b 52w 187b 136w 23w 245w 251b 206w 81b",
  "76w 211b 170w 10b 53w 188b 137w 24w 246w 152b 105w 82b 77w 212b 171w 11b 54w 189b 138w 25w 247w 153b",
  "106w 252b 207w 213b 172w 13b 55w 190b 139w 26w 248w 154b 107w 253b 208w 83b 78w 14b 56w 191b 140w",
  "27w 249w 155b 108w 254b 209w 84b 79w 214b 173w 192b 141w 28w 250w 156b 109w 1w 210w 85b 80w 215b",
  "174w 15b 57w 29w 157b 110w 2w 211w 86b 81w 216b 175w 40b 58w 193b 142w 158b 111w 3w 212w 87b 88w",
  "217b 176w 41b 59w 194b 143w 30w 4w 213w 113b 89w 218b 177w 42b 60w 195b 144w 31w 159b 112w 114b 90w",
  "219b 178w 43b 61w 196b 145w 32w 171b 113w 5w 214w 220b 180w 44b 62w 197b 146w 33w 172b 114w 6w 232w",
  "115b 91w 45b 63w 198b 147w 34w 173b 124w 7w 233w 116b 92w 221b 182w 199b 148w 35w 174b 125w 8w 234w",
  "117b 93w 222b 183w 46b 64w 36w 175b 126w 9w 235w 118b 94w 223b 184w 47b 65w 200b 149w 176b 127w 12w",
  "236w 119b 95w 224b 196w 48b 66w 201b 160w 37w 13w 237w 120b 96w 225b 197w 49b 67w 202b 161w 38w 177b",
  "128w 121b 97w 226b 198w 50b 68w 203b 162w 39w 178b 129w 16w 238w 227b 199w 51b 69w 204b 163w 40w",
  "179b 130w 17w 239w 122b 98w 75b 70w 205b 164w 41w 180b 131w 18w 240w 123b 99w 228b 200w 206b 165w",
  "42w 181b 132w 19w 241w 147b 100w 229b 201w 76b 71w 43w 182b 133w 20w 242w 148b 101w 230b 202w 77b",
  "72w 207b 166w 185b",
]
  .join(" ")
  .split(" ");

const FAILED = colored(196, "w");

/** --color: each task has its own colours. */
export function taskColor(seq: number): LineDecoration {
  const color = COLORS[(seq - 1) % COLORS.length]!;
  return colored(Number(color.slice(0, -1)), color.at(-1)!);
}

/** --color-failed: white on red. */
export function failedColor(): LineDecoration {
  return FAILED;
}

function colored(background: number, foreground: string): LineDecoration {
  const code = `48;5;${String(background).padStart(3, "0")};38;5;${foreground === "w" ? "231" : "000"}`;
  // Erasing to the end of the line paints it in the background colour.
  return { before: `\x1b[${code}m\x1b[K`, after: "\x1b[m" };
}
