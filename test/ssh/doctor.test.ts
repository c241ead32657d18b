import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { program } from "../system/program.ts";
import { freePort, noSshd, type SshBed, sshBed } from "./loopback-sshd.ts";

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

interface ReportJson {
  readonly host: string;
  readonly ok: boolean;
  readonly hostname?: string;
  readonly cpus?: { readonly threads: number };
  readonly loginMs?: number;
  readonly warnings?: readonly string[];
  readonly reason?: string;
}

/** @param onOut with all that was printed so far */
function yonder(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  onOut?: (out: string) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
    onOut?.(out);
  });
  child.stderr.on("data", (chunk: Buffer) => void (err += chunk.toString()));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, out, err })));
}

test("yonder doctor -S", { skip: noSshd }, async (t) => {
  let bed!: SshBed;
  let temporary!: string;
  const doctor = (words: readonly string[], onOut?: (out: string) => void): Promise<Ended> =>
    yonder(["doctor", "--ssh", `ssh -F ${bed.config}`, ...words], { TMPDIR: temporary }, onOut);

  before(async () => {
    bed = sshBed();
    temporary = mkdtempSync(join(tmpdir(), "doc-"));
    const { port } = await bed.sshd("good");
    (await bed.sshd("hung")).process.kill("SIGSTOP");
    bed.name("refused", { Port: await freePort() });
    bed.name("stranger", { Port: port, IdentityFile: join(bed.directory, "stranger") });
    // No resolver is asked for a label of more than 63 letters.
    bed.name("unknown", { HostName: `${"a".repeat(64)}.invalid` });
  });
  after(() => {
    bed.close();
    rmSync(temporary, { recursive: true });
  });

  await t.test("a host that is fine: one line, exit status 0", async () => {
    const { status, out, err } = await doctor(["-S", "good"]);
    assert.equal(err, "");
    const [head, row, ...rest] = out.split("\n");
    assert.match(head!, /^HOST +LOGIN +SHELL +CPUS .* MEMORY FREE +DISK FREE +CLOCK +RSYNC +NODE +PERL$/);
    assert.match(row!, new RegExp(`^good  ok  .* \\w+ +${availableParallelism()} .* of \\d.* GiB `));
    assert.deepEqual(rest, [""]);
    assert.equal(status, 0);
  });

  await t.test("each that fails with ssh's reason and a command to try; order as given; 1", async () => {
    const { status, out, err } = await doctor(["-S", "refused,unknown,good", "--sshlogin", "stranger"]);
    const rows = out.split("\n").slice(1, -1);
    assert.equal(rows.length, 4);
    assert.match(rows[0]!, /^refused +fail +ssh: connect to host .*: Connection refused$/);
    assert.match(rows[1]!, /^unknown +fail +ssh: Could not resolve hostname /);
    assert.match(rows[2]!, /^good +ok /);
    assert.match(rows[3]!, /^stranger +fail +.*Permission denied \(publickey/);
    for (const name of ["refused", "unknown", "stranger"]) {
      assert.ok(err.includes(`yonder: ${name}: try by hand: ssh -F ${bed.config} ${name} true\n`), err);
    }
    assert.ok(!err.includes("good"));
    assert.equal(status, 1);
  });

  await t.test("a host that hangs is told after the time limit, and holds up no other", async () => {
    let goodMs = 0;
    const startMs = performance.now();
    const { status, out } = await doctor(["-S", "good,hung", "--host-timeout", "6"], (so) => {
      if (goodMs === 0 && /^good +ok /m.test(so)) goodMs = performance.now() - startMs;
    });
    const tookMs = performance.now() - startMs;
    assert.match(out, /^hung +fail +no answer within 6 s$/m);
    assert.ok(goodMs > 0 && goodMs < 5500, `the other one came after ${goodMs} ms`);
    assert.ok(tookMs > 5900 && tookMs < 11_000, `it took ${tookMs} ms`);
    assert.equal(status, 1);
  });

  await t.test("so is one that lets us in and hangs then, as with a file server that is gone", async () => {
    const bin = mkdtempSync(join(bed.directory, "bin-"));
    writeFileSync(join(bin, "df"), "#!/bin/sh\nexec sleep 20\n", { mode: 0o755 });
    await bed.sshd("stuck", { SetEnv: `PATH=${bin}:/usr/bin:/bin` });
    const { status, out } = await doctor(["-S", "stuck", "--host-timeout", "4"]);
    assert.match(out, /^stuck +fail +it let us in, and then gave no answer within 4 s$/m);
    assert.equal(status, 1);
  });

  await t.test("--json: an object a host, for programs", async () => {
    const { status, out } = await doctor(["-S", "good,:,refused", "--json"]);
    const [good, here, refused] = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ReportJson);
    assert.deepEqual([good?.host, good?.ok, good?.hostname], ["good", true, hostname()]);
    assert.deepEqual([good?.cpus?.threads, good?.warnings], [availableParallelism(), []]);
    assert.deepEqual([here?.host, here?.ok, here?.loginMs], [":", true, 0]);
    assert.deepEqual([refused?.host, refused?.ok], ["refused", false]);
    assert.match(refused?.reason ?? "", /Connection refused/);
    assert.equal(status, 1);
  });

  await t.test("a clock that is wrong is told, with what it breaks; the host is fine otherwise", async () => {
    const bin = mkdtempSync(join(bed.directory, "bin-"));
    writeFileSync(join(bin, "date"), '#!/bin/sh\nexec /bin/date -d "3700 seconds" "$@"\n', { mode: 0o755 });
    await bed.sshd("early", { SetEnv: `PATH=${bin}:/usr/bin:/bin` });
    const { status, out, err } = await doctor(["-S", "good,early"]);
    assert.match(out, /^early +ok .* \+1 h 1 min /m);
    assert.match(err, /^yonder: early: its clock is 1 h 1 min ahead of ours: make and rsync[^\n]*\n$/);
    assert.equal(status, 0);
  });

  await t.test("hosts come from files, too", async () => {
    const file = join(bed.directory, "hosts");
    writeFileSync(file, "# ours\n2/good\n");
    const { status, out } = await doctor(["--sshloginfile", file]);
    assert.equal(status, 0);
    assert.match(out, /^good +ok /m);
  });

  await t.test("nothing is left behind in the temporary directory", () => {
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith("yonder")),
      [],
    );
  });
});
