import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

// The compiler refuses node:fs, timers and fetch here (lib and types in tsconfig.json); these it would let pass.
const FORBIDDEN: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\bDate\b/, "time arrives inside events"],
  [/\bMath\.random\b/, "chance arrives inside events"],
  [/\bperformance\b|\bprocess\b|\bglobalThis\b/, "the core knows no surroundings"],
  [/\bawait\b|\bPromise\b|\basync\b/, "the core is synchronous"],
];

const folder = new URL("./", import.meta.url);

test("the core has no clock, no chance and no imports from outside", () => {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
    const source = readFileSync(new URL(name, folder), "utf8");
    const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    for (const [pattern, why] of FORBIDDEN) assert.doesNotMatch(code, pattern, `${name}: ${why}`);
    for (const [, target = ""] of code.matchAll(/(?:from|import\()\s*"([^"]+)"/g)) {
      const url = new URL(target, new URL(name, folder));
      assert.ok(/^\.\.?\//.test(target) && url.href.startsWith(folder.href), `${name} imports ${target}`);
    }
  }
});
