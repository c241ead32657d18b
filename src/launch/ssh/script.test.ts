import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test as plainTest } from "node:test";
import { quoteWord } from "../../bytes/quote.ts";
import { endings, saidBy } from "../shell/fixture-endings.ts";
import { chance } from "./fixture-chance.ts";
import { type FixtureHost, fixtureHost } from "./fixture-host.ts";

const test: (name: string, run: () => Promise<void>) => void = (name, run) =>
  plainTest(name, { timeout: 120_000 }, run);

/** Shells that may be `sh` on a host. */
const SHELLS = ["dash", "bash", "busybox sh"].flatMap((command) => {
  const [name = "", ...words] = command.split(" ");
  const { stdout } = spawnSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
  return stdout === "" ? [] : [[stdout.trim(), ...words].join(" ")];
});

for (const sh of SHELLS) {
  describe(`a slot whose sh is ${sh}`, () => {
    let host!: FixtureHost;
    let scratch!: string;
    before(async () => {
      scratch = mkdtempSync(join(tmpdir(), "script-"));
      host = await fixtureHost(sh);
    });
    after(async () => {
      await host.close();
      rmSync(scratch, { recursive: true });
    });

    /** Several at once in one slot, so that they come one after the other without a pause. */
    async function runAll(...commands: string[]) {
      const attempts = commands.map((command) => host.attempt(command));
      for (const attempt of attempts) host.launcher.start(attempt);
      return Promise.all(
        attempts.map(async (attempt) => {
          const { exit, stdout, stderr } = await host.ended(attempt);
          return { ...exit, stdout, stderr };
        }),
      );
    }

    test("gives output and exit status", async () => {
      assert.deepEqual(
        await runAll(
          "/bin/echo hi",
          "echo 'a  b'",
          "echo out; echo err >&2; exit 3",
          "false",
          "true",
          "/bin/true",
          "exit 255",
        ),
        [
          { exitCode: 0, signal: 0, stdout: "hi\n", stderr: "" },
          { exitCode: 0, signal: 0, stdout: "a  b\n", stderr: "" },
          { exitCode: 3, signal: 0, stdout: "out\n", stderr: "err\n" },
          { exitCode: 1, signal: 0, stdout: "", stderr: "" },
          { exitCode: 0, signal: 0, stdout: "", stderr: "" },
          { exitCode: 0, signal: 0, stdout: "", stderr: "" },
          { exitCode: 255, signal: 0, stdout: "", stderr: "" },
        ],
      );
    });

    test("carries every byte of a command there and of its output back", async () => {
      const all = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join("");
      const [result] = await runAll(
        `printf %s ${quoteWord(all)}; printf %s ${quoteWord(all)} >&2; printf '\\000'`,
      );
      assert.equal(result!.stdout, `${all}\0`);
      assert.equal(result!.stderr, all);
    });

    test("carries any argument", async () => {
      const random = chance(7);
      const pieces = [
        "'",
        '"',
        "\\",
        "\n",
        " ",
        "$x",
        "`",
        "!",
        "#",
        "~",
        "*",
        "-n",
        "\xff",
        "\xc3",
        "a",
        "EOF",
        ";",
        "&",
        "\t",
        "\r",
      ];
      const words = Array.from({ length: 60 }, () =>
        Array.from({ length: random.int(0, 6) }, () => random.pick(pieces)).join(""),
      );
      for (const word of words) {
        const results = await runAll(`printf %s ${quoteWord(word)}`, `/usr/bin/printf %s ${quoteWord(word)}`);
        assert.deepEqual(
          results.map(({ stdout }) => stdout),
          [word, word],
        );
      }
    });

    test("carries an argument of 100 KB", async () => {
      const word = "0123456789".repeat(10_000);
      const [result] = await runAll(`printf %s ${word} | cksum`);
      assert.equal(result!.stdout, spawnSync("cksum", { input: word, encoding: "latin1" }).stdout);
    });

    test("carries megabytes on both streams", async () => {
      const bytes = 3_000_000;
      const [, big, next] = await runAll(
        "true",
        `head -c ${bytes} /dev/zero & head -c ${bytes} /dev/zero >&2; wait`,
        "echo next",
      );
      assert.deepEqual([big!.stdout.length, big!.stderr.length, next!.stdout], [bytes, bytes, "next\n"]);
    });

    test("lets nothing of a job leak into the next", async () => {
      const results = await runAll(
        "cd /; x=1; set -f -u; trap 'echo bye' EXIT; umask 0; exit 3",
        'echo "[$x]" *nothing*; umask; trap',
        "exec 1>&- 2>&- 0<&- 4>&- 5>&- 9>&-; exit 4",
        "exec </dev/null 9</dev/null; echo 9",
        "cat; read a",
        'echo "unbalanced',
        "if true; then",
        "trap '' TERM INT HUP; echo trapped",
        "exec echo replaced",
        "set -e; false; echo never",
        "echo '\x1e0123456789abcdef01234567E0;'",
        "echo still here",
      );
      const out = results.map(({ stdout }) => stdout);
      assert.deepEqual(out.slice(0, 2), ["bye\n", "[] *nothing*\n0022\n"]);
      assert.deepEqual(
        results.map(({ exitCode, signal }) => (signal === 0 ? Math.min(exitCode, 5) : -signal)),
        [3, 0, 4, 0, 1, 2, 2, 0, 0, 1, 0, 0].map((status, index) =>
          index === 4 ? results[4]!.exitCode : status,
        ),
      );
      assert.deepEqual(out.slice(3), [
        "9\n",
        "",
        "",
        "",
        "trapped\n",
        "replaced\n",
        "",
        "\x1e0123456789abcdef01234567E0;\n",
        "still here\n",
      ]);
    });

    test("a descriptor of the slot's own is no place for a job to write to", async () => {
      for (const descriptor of [3, 4, 5, 6, 7, 8, 9]) {
        const { exit, stdout } = await host.run(
          `{ echo some more words than are in a number >&${descriptor}; } 2>/dev/null; echo out; exit 6`,
        );
        assert.deepEqual([exit.exitCode === 0, stdout.endsWith("out\n")], [false, true], `${descriptor}`);
        assert.equal((await host.run("echo next")).stdout, "next\n", `${descriptor}`);
      }
    });

    test("tells a death by signal, and goes on after it", async () => {
      const results = await runAll(
        "kill -9 $$",
        "/bin/sh -c 'kill -9 $$'; exit 2",
        "kill -TERM $$",
        "kill -PIPE $$",
        "kill -HUP 0",
        "echo next",
      );
      // Of SIGPIPE no shell says anything.
      const statuses = results.map(({ exitCode, signal }) => (signal === 0 ? exitCode : 128 + signal));
      assert.deepEqual(statuses, [128 + 9, 2, 128 + 15, 128 + 13, 128 + 1, 0]);
      assert.equal(results[5]!.stdout, "next\n");
      // The slot goes with it, and another one takes its place.
      assert.notEqual((await host.run("kill -9 0")).exit.exitCode, 0);
      assert.equal((await host.run("echo after")).stdout, "after\n");
    });

    test("each exit status and each signal is told for what it is", async () => {
      const all = endings();
      const program = (how: string): string => `/bin/sh -c '${how}'`;
      // The first 120 are exit statuses that a program has like any other.
      for (const [command, some] of [
        [(how: string) => how, all],
        [program, all.slice(120)],
      ] as const) {
        const results = await runAll(...some.map(({ how }) => command(how)));
        for (const [index, ending] of some.entries()) {
          const { exitCode, signal, stderr } = results[index]!;
          assert.deepEqual({ exitCode, signal }, ending.exit, command(ending.how));
          assert.equal(stderr, saidBy(ending), command(ending.how));
        }
      }
    });

    test("a job reads its input and no more", async () => {
      const path = join(scratch, "input");
      writeFileSync(path, "some\ninput\0\xff", "latin1");
      const stdin = { type: "path", path } as const;
      assert.equal((await host.run("cat", { stdin })).stdout, "some\ninput\0\xff");
      assert.equal((await host.run("read a; echo $a", { stdin })).stdout, "some\n");
      const { exit, stdout } = await host.run("exit 9", { stdin });
      assert.deepEqual([exit.exitCode, stdout], [9, ""]);
      assert.equal((await host.run("cat; echo end")).stdout, "end\n");
    });

    test("a job finds its input in a file there, or a FIFO, which is gone after it", async () => {
      const path = join(scratch, "data");
      const data = "some\n\0\xff".repeat(100_000);
      writeFileSync(path, data, "latin1");
      for (const as of ["file", "fifo"] as const) {
        const stdin = { type: "path", path, as } as const;
        const { exit, stdout } = await host.run('cat "$PARALLEL_TMP"; cat; exit 4', { stdin });
        assert.deepEqual([exit.exitCode, stdout === data], [4, true], as);
        assert.equal((await host.run('head -n 1 "$PARALLEL_TMP"', { stdin })).stdout, "some\n", as);
        assert.equal((await host.run("echo no thanks", { stdin })).stdout, "no thanks\n", as);
      }
      assert.deepEqual(
        host.files().filter((file) => file.includes("/f.")),
        [],
      );
    });

    test("what a job leaves behind neither holds up the next nor writes into its output", async () => {
      const file = join(scratch, "late");
      const started = performance.now();
      const results = await runAll(
        `(sleep 2; echo late; echo late >&2; echo >'${file}') & echo early`,
        "sleep 0.3; echo next",
        "sleep 1.8; echo third",
      );
      assert.deepEqual(
        results.map(({ stdout, stderr }) => stdout + stderr),
        ["early\n", "next\n", "third\n"],
      );
      assert.ok(existsSync(file), `${performance.now() - started} ms`);
    });

    test("nor does what holds on to its output alone, as what Python has started does", async () => {
      const only = ["(sleep 1; echo late; echo late >&2) 9>&- &", "(sleep 1; echo late) 2>/dev/null 9>&- &"];
      const other = [
        "(sleep 1; echo late >&2) >/dev/null 9>&- &",
        "(exec 8>&1 >&- 2>&- 9>&-; sleep 1; echo late >&8) &",
      ];
      const many =
        "i=0; while [ $i -lt 1100 ]; do /bin/true; i=$((i + 1)); done; (sleep 1; echo late) 9>&- &";
      for (const left of [...only, ...other, many]) {
        const started = performance.now();
        const results = await runAll(`${left} echo early`, "sleep 1.5; echo next", "echo third");
        assert.deepEqual(
          results.map(({ stdout, stderr }) => stdout + stderr),
          ["early\n", "next\n", "third\n"],
          `${left} ${performance.now() - started} ms`,
        );
      }
    });

    test("a daemon lives on when the slots are closed", async () => {
      const other = await fixtureHost(sh);
      const file = join(scratch, "daemon");
      await other.run(`nohup sh -c 'sleep 0.5; echo done >${file}' >/dev/null 2>&1 </dev/null & echo`);
      await other.close();
      const said = (): string => (existsSync(file) ? readFileSync(file, "latin1") : "");
      for (const end = Date.now() + 10_000; said() === "" && Date.now() < end; )
        await new Promise((done) => setTimeout(done, 20));
      assert.equal(said(), "done\n");
    });

    test("a signal is for the group of the attempt alone", async () => {
      const [first, other] = [
        host.attempt("sleep 100 & sleep 100; echo no", { slot: 1 }),
        host.attempt("sleep 0.5; echo other", { slot: 2 }),
      ];
      const behind = host.attempt("echo behind", { slot: 1 });
      for (const attempt of [first, other, behind]) host.launcher.start(attempt);
      // As --termseq does: one that comes in the moment before the program is there hits nobody.
      const again = setInterval(() => host.launcher.signal(first.id, "SIGTERM"), 50);
      const { exit, stdout } = await host.ended(first);
      clearInterval(again);
      assert.deepEqual([exit, stdout], [{ exitCode: 0, signal: 15 }, ""]);
      assert.equal((await host.ended(other)).stdout, "other\n");
      assert.equal((await host.ended(behind)).stdout, "behind\n");
    });
  });
}
