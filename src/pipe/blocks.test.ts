import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { blocks } from "./blocks.ts";
import type { BlockOptions } from "./options.ts";
import type { Source } from "./source.ts";

/** A source of texts, each after so many milliseconds. */
function sourceOf(...parts: (string | number)[]): Source & { closed: boolean; reads: number } {
  return {
    closed: false,
    reads: 0,
    async read(into) {
      this.reads++;
      for (;;) {
        const part = parts.shift();
        if (part === undefined) return 0;
        if (typeof part === "string") {
          const bytes = into.write(part, "latin1");
          if (bytes < part.length) parts.unshift(part.slice(bytes));
          return bytes;
        }
        await delay(part);
      }
    },
    close() {
      this.closed = true;
    },
  };
}

async function textsOf(source: Source, options: Partial<BlockOptions>): Promise<string[]> {
  const texts: string[] = [];
  for await (const block of blocks({ blockBytes: 1 << 20, ...options }, source)) {
    texts.push(Buffer.concat(block.chunks).toString("latin1"));
    block.release();
  }
  return texts;
}

test("the source is closed at the end, and when nobody wants more", async () => {
  const whole = sourceOf("1\n2\n3\n", "4\n");
  assert.deepEqual(await textsOf(whole, { records: 2 }), ["1\n2\n", "3\n4\n"]);
  assert.equal(whole.closed, true);
  const partly = sourceOf("1\n", "2\n", "3\n", "4\n");
  for await (const block of blocks({ blockBytes: 100, records: 1 }, partly)) {
    block.release();
    break;
  }
  assert.equal(partly.closed, true);
  assert.ok(partly.reads <= 2);
});

test("an error of the source reaches the reader", async () => {
  const source = { read: () => Promise.reject(new Error("gone")), close() {} };
  await assert.rejects(textsOf(source, {}), /gone/);
});

test("--block-timeout passes on whole records", async () => {
  const options = { timeoutMs: 60 };
  assert.deepEqual(await textsOf(sourceOf("a\nb", 100, "c\nd\n", 100, "e\n"), options), [
    "a\n",
    "bc\nd\n",
    "e\n",
  ]);
  assert.deepEqual(await textsOf(sourceOf("a", 200, "d\ne\n"), options), ["ad\ne\n"]);
});

test("--block-timeout with -N passes on fewer records where none is under way", async () => {
  const options = { timeoutMs: 60, records: 2 };
  assert.deepEqual(await textsOf(sourceOf("a\nb\nc\n", 100, "d\ne\n"), options), ["a\nb\n", "c\n", "d\ne\n"]);
  assert.deepEqual(await textsOf(sourceOf("a\nb\nc\nd", 100, "d\ne\n"), options), [
    "a\nb\n",
    "c\ndd\n",
    "e\n",
  ]);
});

test("-r reads no blank lines, whatever the pieces", async () => {
  const lines = fc.array(fc.constantFrom("", " ", "\t ", " a", "b ", "c"), { maxLength: 12 });
  const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 30, maxLength: 30 });
  const property = fc.asyncProperty(lines, sizes, fc.boolean(), async (lines, sizes, isOpen) => {
    const text = lines
      .map((line) => `${line}\n`)
      .join("")
      .slice(0, isOpen ? -1 : undefined);
    let at = 0;
    const pieces = [...sizes.map((size) => text.slice(at, (at += size))), text.slice(at)].filter(
      (p) => p !== "",
    );
    const kept = (await textsOf(sourceOf(...pieces), { skipBlank: true })).join("");
    assert.equal(kept, text.replace(/^[ \t]*\n/gm, "").replace(/(?<=^|\n)[ \t]*$/, ""));
  });
  await fc.assert(property, { numRuns: 300 });
});

const program = `
  import { blocks } from ${JSON.stringify(fileURLToPath(new URL("blocks.ts", import.meta.url)))};
  import { openSource } from ${JSON.stringify(fileURLToPath(new URL("source.ts", import.meta.url)))};
  let bytes = 0, count = 0;
  for await (const block of blocks({ blockBytes: 100000 }, await openSource(0))) {
    bytes += block.bytes; count++; block.release();
  }
  console.log(count, bytes);
`;

function run(shell: string): string {
  const node = `"${process.execPath}" --input-type=module -e "$PROGRAM"`;
  const env = { ...process.env, PROGRAM: program };
  return spawnSync("sh", ["-c", shell.replace("NODE", node)], { env, encoding: "utf8" }).stdout;
}

test("standard input from a pipe, a file and /dev/null", () => {
  assert.equal(run("seq 100000 | NODE"), "6 588895\n");
  assert.equal(run("f=$(mktemp); seq 100000 > $f; NODE < $f; rm $f"), "6 588895\n");
  assert.equal(run("NODE < /dev/null"), "0 0\n");
  assert.equal(run("printf x | NODE"), "1 1\n");
});

test("waiting for input does not keep the process", async () => {
  const source = `
    import { openSource } from ${JSON.stringify(fileURLToPath(new URL("source.ts", import.meta.url)))};
    const source = await openSource(0);
    const reading = source.read(Buffer.alloc(10));
    setTimeout(() => source.close(), 50);
    console.log(await reading);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  child.stdin.destroy();
  assert.deepEqual([code, out], [0, "0\n"]);
});
