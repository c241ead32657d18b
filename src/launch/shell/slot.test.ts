import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { AttemptEnd, AttemptSpec } from "../../interface/launcher.ts";
import { attemptScript } from "./script.ts";
import { shellSlot } from "./slot.ts";

const directory = mkdtempSync(join(tmpdir(), "slot-"));
after(() => rmSync(directory, { recursive: true }));

/** A slot whose shell a signal ends as often as this before it has said a word; the ends of two attempts. */
async function endsAfter(deaths: number): Promise<readonly AttemptEnd[]> {
  const births = join(directory, `births${deaths}`);
  const slotShell = join(directory, `shell${deaths}`);
  writeFileSync(births, "");
  writeFileSync(
    slotShell,
    `#!/bin/sh\necho >>${births}\n[ $(wc -l <${births}) -gt ${deaths} ] || kill -INT $$\nexec /bin/sh\n`,
  );
  chmodSync(slotShell, 0o700);
  const attempts = [1, 2].map((id): AttemptSpec => {
    const files = {
      stdout: join(directory, `${deaths}.${id}.out`),
      stderr: join(directory, `${deaths}.${id}.err`),
    };
    const output = { type: "files", ...files } as const;
    return { id, slot: 1, command: `echo ${id}`, env: [], stdin: { type: "null" }, output };
  });
  const ends: AttemptEnd[] = [];
  const both = Promise.withResolvers<void>();
  const slot = shellSlot({
    slot: 1,
    slotShell,
    variables: {},
    exports: "",
    cwd: undefined,
    nice: undefined,
    inheritOutput: false,
    inheritStdin: false,
    ownSession: true,
    kindOf: () => "builtin",
    script: (attempt, kind) => attemptScript(attempt, kind, "/bin/sh", false),
    onShell: () => {},
    onEnd: (end) => ends.push(end) === 2 && both.resolve(),
    onReturn: () => {},
    onShortage: () => {},
  });
  for (const attempt of attempts) slot.start(attempt);
  await both.promise;
  await slot.close();
  return ends;
}

test("a shell that a signal ends before it has begun is started again: nothing has run", async () => {
  const ends = await endsAfter(3);
  assert.deepEqual(
    ends.map(({ id, exit }) => [id, exit.exitCode, exit.signal]),
    [
      [1, 0, 0],
      [2, 0, 0],
    ],
  );
  assert.equal(readFileSync(join(directory, "3.1.out"), "latin1"), "1\n");
});

test("a shell that never comes to begin is not started for ever", async () => {
  const [first, second] = await endsAfter(4);
  assert.deepEqual([first!.id, first!.exit.signal], [1, constants.signals.SIGINT]);
  assert.equal(existsSync(join(directory, "4.1.out")), false);
  assert.deepEqual([second!.id, second!.exit.exitCode, second!.exit.signal], [2, 0, 0]);
});
