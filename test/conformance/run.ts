import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { caseDifferences } from "../../src/options/generate/differences.ts";

/**
 * Runs the conformance corpus against this checkout's bin/parallel: `node test/conformance/run.ts [OPTIONS]`, with the
 * options of run-conformance. Cases that differ on purpose do not count; one that passes after all is a failure, so
 * that the list of differences (and the page made from it) stays true. The last line is `N passed, N failed`.
 */
interface Verdict {
  readonly name: string;
  readonly passed: boolean;
}

const here = dirname(fileURLToPath(import.meta.url));
const SUMMARY = /^\d+ passed, \d+ failed$/;

const verdicts = await runCorpus(process.argv.slice(2));
const known = new Map(caseDifferences.map(({ name, reason }) => [name, reason]));
let passed = 0;
let failed = 0;
for (const verdict of verdicts) {
  const reason = known.get(verdict.name);
  if (reason === undefined) verdict.passed ? passed++ : failed++;
  else if (!verdict.passed) console.log(`differs on purpose: ${verdict.name}: ${reason}`);
  else {
    failed++;
    console.log(`FAIL ${verdict.name} passes; it is listed as a difference: ${reason}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

async function runCorpus(options: readonly string[]): Promise<readonly Verdict[]> {
  const directory = mkdtempSync(join(tmpdir(), "conformance-"));
  try {
    const json = join(directory, "verdicts.json");
    const program = join(here, "../../bin/parallel");
    const runner = spawn(
      join(here, "run-conformance"),
      ["--command", program, "--jobs", "4", "--retries", "1", ...options, "--json", json],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    for await (const line of createInterface({ input: runner.stdout })) {
      if (!SUMMARY.test(line)) console.log(line);
    }
    return (JSON.parse(readFileSync(json, "utf8")) as { cases: Verdict[] }).cases;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
