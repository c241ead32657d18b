import { task } from "./function/mark.ts";
export const add = task((a: number, b: number): number => a + b);
export const sum = task((list: number[]): number => list.reduce((a, b) => a + b, 0));
export const nothing = task((): number => 0);
export const boom = task((message: string): number => { throw new RangeError(message, { cause: new TypeError("deep") }); });
export const spin = task((ms: number): number => { const end = Date.now() + ms; while (Date.now() < end); return ms; });
export const exits = task((): number => process.exit(3));
export const items = task(function* (n: number): Generator<number, string> { for (let i = 0; i < n; i++) yield i; return "end"; });
export const say = task(async (text: string): Promise<string> => { console.log(text); return text; });
