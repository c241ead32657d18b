import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { program } from "../system/program.ts";
import { type SshLab, sshLab } from "./lab.ts";
import { labRefusal } from "./refusal.ts";

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
function doctor(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  onOut?: (out: string) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, "doctor", ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
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

/** No resolver is asked for a label of more than 63 letters. */
const UNKNOWN = `ssh -o HostName=${"a".repeat(64)}.invalid unknown`;

describe("yonder doctor -S", { skip: labRefusal("loopback") }, () => {
  let lab!: SshLab;
  let temporary!: string;
  let env!: NodeJS.ProcessEnv;

  before(async () => {
    lab = await sshLab();
    temporary = join(lab.directory, "tmp");
    mkdirSync(temporary);
    env = { ...lab.env, TMPDIR: temporary };
    const [, hung, refused, stranger] = await Promise.all(
      ["good", "hung", "refused", "stranger"].map((name) => lab.loopback(name)),
    );
    hung!.stopSshd();
    refused!.killSshd();
    stranger!.refuseKeys();
  });
  after(() => lab.close());

  test("a host that is fine: one line, exit status 0", async () => {
    const { status, out, err } = await doctor(["-S", "good"], env);
    assert.equal(err, "");
    const [head, row, ...rest] = out.split("\n");
    assert.match(head!, /^HOST +LOGIN +SHELL +CPUS .* MEMORY FREE +DISK FREE +CLOCK +RSYNC +NODE +PERL$/);
    assert.match(row!, new RegExp(`^good  ok  .* \\w+ +${availableParallelism()} .* of \\d.* GiB `));
    assert.deepEqual(rest, [""]);
    assert.equal(status, 0);
  });

  test("each that fails with ssh's reason and a command to try; order as given; 1", async () => {
    const words = ["-S", "refused,good", "--sshlogin", UNKNOWN, "--sshlogin", "stranger"];
    const { status, out, err } = await doctor(words, env);
    const rows = out.split("\n").slice(1, -1);
    assert.equal(rows.length, 4);
    assert.match(rows[0]!, /^refused +fail +ssh: connect to host .*: Connection refused$/);
    assert.match(rows[1]!, /^good +ok /);
    assert.match(rows[2]!, / unknown +fail +ssh: Could not resolve hostname /);
    assert.match(rows[3]!, /^stranger +fail +.*Permission denied \(publickey/);
    assert.deepEqual(
      err.match(/try by hand: .*/g)?.map((text) => text.replace(/'HostName=a+/, "'HostName=a")),
      ["ssh refused true", "ssh -o 'HostName=a.invalid' unknown true", "ssh stranger true"].map(
        (text) => `try by hand: ${text}`,
      ),
    );
    assert.equal(status, 1);
  });

  test("a host that hangs is told after the time limit, and holds up no other", async () => {
    let goodMs = 0;
    const startMs = performance.now();
    const { status, out } = await doctor(["-S", "good,hung", "--host-timeout", "12"], env, (so) => {
      if (goodMs === 0 && /^good +ok /m.test(so)) goodMs = performance.now() - startMs;
    });
    const tookMs = performance.now() - startMs;
    assert.match(out, /^hung +fail +no answer within 12 s$/m);
    assert.ok(goodMs > 0 && goodMs < tookMs - 300, `the other one came after ${goodMs} ms`);
    assert.ok(tookMs > 11_900, `it took ${tookMs} ms`);
    assert.equal(status, 1);
  });

  test("so is one that lets us in and hangs then, as with a file server that is gone", async () => {
    const bin = join(lab.directory, "stuck-bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "df"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const shell = join(bin, "shell");
    writeFileSync(shell, `#!/bin/sh\nPATH=${bin}:$PATH exec /bin/sh "$@"\n`, { mode: 0o755 });
    await lab.loopback("stuck", { shell });
    const { status, out } = await doctor(["-S", "stuck", "--host-timeout", "12"], env);
    assert.match(out, /^stuck +fail +it let us in, and then gave no answer within 12 s$/m);
    assert.equal(status, 1);
  });

  test("--json: an object a host, for programs", async () => {
    const { status, out } = await doctor(["-S", "good,:,refused", "--json"], env);
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

  test("hosts come from files, and another program may stand in for ssh", async () => {
    const file = join(lab.directory, "hosts");
    writeFileSync(file, "# ours\n2/good\n");
    const { PATH, ...rest } = env;
    const words = ["--sshloginfile", file, "--ssh", `ssh -F ${lab.config}`];
    const { status, out } = await doctor(words, { ...rest, PATH: process.env["PATH"] });
    assert.match(out, /^good +ok /m);
    assert.equal(status, 0);
  });

  test("nothing is left behind in the temporary directory", () => {
    assert.deepEqual(
      readdirSync(temporary).filter((name) => name.startsWith("yonder")),
      [],
    );
  });
});

test("a clock that is wrong is told, with what it breaks; the host is fine otherwise", {
  skip: labRefusal("namespace"),
}, async () => {
  await using lab = await sshLab();
  await Promise.all([
    lab.namespace("early", { clockOffsetMs: 3_700_000 }),
    lab.namespace("late", { clockOffsetMs: -5000, shell: "/bin/dash" }),
  ]);
  const { status, out, err } = await doctor(["-S", "early,late"], lab.env);
  assert.match(out, /^early +ok .* \+1 h 1 min /m);
  assert.match(out, /^late +ok .* -5\.0 s /m);
  assert.match(err, /^yonder: early: its clock is 1 h 1 min ahead of ours: make and rsync/m);
  assert.match(err, /^yonder: late: its clock is 5\.0 s behind ours: /m);
  assert.equal(status, 0);
});

test("without hosts: whether all is well on this machine", async () => {
  const good = await doctor([], process.env);
  assert.match(good.out, /^yonder +\d.*\nnode +v\d(.|\n)*^state +\/.*, writable, .* free$/m);
  assert.deepEqual([good.status, good.err], [0, ""]);
  // There can be no directory below a file.
  const bad = await doctor([], { ...process.env, XDG_STATE_HOME: program });
  assert.match(bad.out, /^state .*, NOT WRITABLE$/m);
  assert.equal(bad.status, 1);
});
