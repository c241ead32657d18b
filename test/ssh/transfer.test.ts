import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bufferOf } from "../../src/bytes/bytes.ts";
import { YonderError } from "../../src/interface/errors.ts";
import { type Connection, connect } from "../../src/launch/ssh/connection.ts";
import {
  openTransfers,
  type TransferOptions,
  type Transfers,
} from "../../src/launch/ssh/transfer/transfers.ts";
import type { SshHost } from "./host.ts";
import { type SshLab, sshLab } from "./lab.ts";
import { findProgram, labRefusal } from "./refusal.ts";

const MiB = 1 << 20;

let lab: SshLab;
let lastId = 0;
const here = process.cwd();

interface Bed extends Transfers {
  readonly connection: Connection;
}

/** Transfers to a host of the lab, in a new directory here. */
async function bed(t: TestContext, host: SshHost, options: TransferOptions = {}): Promise<Bed> {
  const id = ++lastId;
  const connection = await connect(
    { name: host.name, command: ["ssh", "-F", lab.config, host.name] },
    { directory: lab.directory, id, env: process.env, silenceMs: 10_000, onLost() {} },
  );
  const transfers = openTransfers(connection, options);
  t.after(async () => {
    transfers.close();
    await connection.close();
  });
  const directory = join(lab.directory, `here-${id}`);
  mkdirSync(directory);
  process.chdir(directory);
  return { ...transfers, connection };
}

/** Bytes that are different everywhere. */
function content(bytes: number, seed = 1): Buffer {
  const numbers = new Uint32Array(Math.ceil(bytes / 4));
  for (let at = 0, x = seed; at < numbers.length; at++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    numbers[at] = x;
  }
  return Buffer.from(numbers.buffer, 0, bytes);
}

/** The files of a directory there or here, with what is in them. */
function tree(directory: string): Record<string, string> {
  const entries = readdirSync(directory, {
    recursive: true,
    withFileTypes: true,
    encoding: "latin1",
  } as never);
  const found: Record<string, string> = {};
  for (const entry of entries as unknown as { name: string; parentPath: string; isFile(): boolean }[]) {
    const path = `${entry.parentPath}/${entry.name}`;
    if (entry.isFile()) found[path.slice(directory.length + 1)] = readFileSync(bufferOf(path), "latin1");
  }
  return found;
}

const fails = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof YonderError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

const ODD = [
  "we  ird",
  "a'b\"c",
  "-rf",
  "new\nline",
  "\\n\t*?[x]",
  "\xff\xfe",
  "$HOME;`id`",
  "n".repeat(255),
  "~",
];

test("transfers over ssh", { skip: labRefusal("loopback") }, async (t) => {
  let alice: SshHost;
  before(async () => {
    lab = await sshLab();
    alice = await lab.loopback("alice");
  });
  after(async () => {
    process.chdir(here);
    await lab.close();
  });

  async function oddNames(t: TestContext, host: SshHost): Promise<void> {
    const { send, fetch, remove } = await bed(t, host);
    mkdirSync("in");
    const files = ODD.map((name) => `in/${name}`);
    for (const [index, file] of files.entries()) {
      writeFileSync(bufferOf(file), `content ${index}`);
      chmodSync(bufferOf(file), 0o640);
      utimesSync(bufferOf(file), 1e9, 1e9);
    }
    assert.equal(await send(files, "w d/'x'"), 9 * files.length);
    assert.deepEqual(tree(host.path("w d/'x'/in")), tree("in"));
    const there = statSync(host.path("w d/'x'/in/-rf"));
    assert.deepEqual([there.mode & 0o777, there.mtimeMs], [0o640, 1e12]);
    assert.equal(await send(files, "w d/'x'"), 0, "it is there");
    const back = await fetch([...files.map((file) => `out/./${file}`), "out/./in/nosuch"], "w d/'x'");
    assert.deepEqual(back, { bytes: 9 * files.length, missing: ["out/./in/nosuch"] });
    assert.deepEqual(tree("out/in"), tree("in"));
    assert.deepEqual([statSync("out/in/-rf").mode & 0o777, statSync("out/in/-rf").mtimeMs], [0o640, 1e12]);
    await remove(files, "w d/'x'");
    assert.ok(existsSync(host.path("w d")), "the other send may need it");
    await remove(files, "w d/'x'");
    assert.ok(!existsSync(host.path("w d")));
  }

  await t.test("odd names, permissions and times go there and back", (t) => oddNames(t, alice));

  await t.test("a host whose login shell greets", async (t) => {
    const shell = join(lab.directory, "greeter");
    writeFileSync(shell, '#!/bin/sh\necho "Welcome to greta"\nexec /bin/sh "$@"\n', { mode: 0o755 });
    const greta = await lab.loopback("greta", { shell });
    await oddNames(t, greta);
    const { send, fetch } = await bed(t, greta);
    writeFileSync("big", content(6 * MiB));
    await send(["big"], "w");
    assert.equal((await fetch(["out/./big"], "w")).bytes, 6 * MiB);
    assert.ok(readFileSync("out/big").equals(content(6 * MiB)));
  });

  const busybox = findProgram("busybox");
  await t.test("a host of busybox", { skip: busybox === undefined && "no busybox" }, async (t) => {
    const bin = join(lab.directory, "busybox-bin");
    mkdirSync(bin);
    const programs =
      "sh cat tar mkdir mv rm rmdir head tail wc find chmod touch ln mkfifo dd mktemp sleep kill sha256sum";
    for (const name of programs.split(" ")) symlinkSync(busybox!, join(bin, name));
    const bob = await lab.loopback("bob", { shell: join(bin, "sh"), env: { PATH: bin } });
    await oddNames(t, bob);
    const { send, fetch } = await bed(t, bob);
    writeFileSync("big", content(6 * MiB));
    await send(["big"], "w");
    assert.equal(await send(["big"], "w"), 0);
    assert.equal((await fetch(["out/./big"], "w")).bytes, 6 * MiB);
  });

  await t.test("a host whose head reads ahead, with no program for digests", async (t) => {
    const bin = join(lab.directory, "odd-bin");
    mkdirSync(bin);
    const programs = "sh cat tar mkdir mv rm rmdir tail wc find chmod touch ln mkfifo dd mktemp sleep kill";
    for (const name of programs.split(" ")) symlinkSync(findProgram(name)!, join(bin, name));
    const head = '#!/bin/sh\ndd bs=65536 count=1 2>/dev/null | exec /usr/bin/head "$@"\n';
    writeFileSync(join(bin, "head"), head, { mode: 0o755 });
    const carol = await lab.loopback("carol", { shell: "/bin/dash", env: { PATH: bin } });
    const { send } = await bed(t, carol);
    mkdirSync("in");
    for (const name of ["a", "b", "c"]) writeFileSync(`in/${name}`, content(3000));
    assert.equal(await send(["in/a", "in/b"], "w"), 6000);
    assert.equal(await send(["in/a", "in/c"], "w"), 6000, "what cannot be compared is sent");
    assert.deepEqual(tree(carol.path("w/in")), tree("in"));
  });

  await t.test("a big file with a name that is no text", async (t) => {
    const { send, fetch } = await bed(t, alice);
    const name = "it's \xff\n";
    writeFileSync(bufferOf(name), content(5 * MiB));
    assert.equal(await send([name], "\xfe"), 5 * MiB);
    assert.equal(await send([name], "\xfe"), 0);
    assert.equal((await fetch([`out/./${name}`], "\xfe")).bytes, 5 * MiB);
    assert.deepEqual(tree("out"), { [name]: content(5 * MiB).toString("latin1") });
  });

  const noRsync = findProgram("rsync") === undefined && "no rsync";
  await t.test("by rsync, with its options", { skip: noRsync }, async (t) => {
    const { send, fetch, remove } = await bed(t, alice, { rsync: ["-rlDzRt"] });
    mkdirSync("in");
    for (const name of ODD) writeFileSync(bufferOf(`in/${name}`), name, "latin1");
    utimesSync("in/-rf", 1e9, 1e9);
    const files = ODD.map((name) => `in/${name}`);
    assert.equal(await send(files, "by rsync/x"), ODD.join("").length);
    assert.deepEqual(tree(alice.path("by rsync/x/in")), tree("in"));
    assert.equal(statSync(alice.path("by rsync/x/in/-rf")).mtimeMs, 1e12);
    const back = await fetch([...files.map((file) => `out/./${file}`), "nosuch"], "by rsync/x");
    assert.deepEqual(back.missing, ["nosuch"]);
    assert.deepEqual(tree("out/in"), tree("in"));
    await assert.rejects(send(["in/nosuch"], "by rsync/x"), fails("INPUT", /^cannot read in\/nosuch/));
    await alice.exec("mkdir -p way/in/-rf/x");
    await assert.rejects(send(["in/-rf"], "way"), fails("HOST", /^alice: cannot send in\/-rf: /));
    await remove(files, "by rsync/x");
    assert.ok(!existsSync(alice.path("by rsync")));
  });

  for (const name of ["csh", "zsh", "fish"]) {
    const shell = findProgram(name);
    await t.test(
      `a login shell that is ${name}`,
      { skip: shell === undefined && `no ${name}` },
      async (t) => {
        const host = await lab.loopback(`of-${name}`, { shell: shell! });
        await oddNames(t, host);
        const { send, fetch } = await bed(t, host);
        for (const big of ["big", "it's !big\n"]) {
          writeFileSync(big, content(5 * MiB));
          assert.equal(await send([big], "w"), 5 * MiB);
          assert.equal(await send([big], "w"), 0);
          assert.equal((await fetch([`out/./${big}`], "w")).bytes, 5 * MiB);
        }
      },
    );
  }

  await t.test("the shell there is killed while it works", async (t) => {
    const { send, fetch } = await bed(t, alice);
    mkdirSync("in");
    for (let index = 0; index < 300; index++) writeFileSync(`in/${index}`, content(30_000, index));
    const files = readdirSync("in").map((name) => `in/${name}`);
    const isShell = ({ name }: { name: string }): boolean => name === "tar";
    async function killing(): Promise<void> {
      for (let tries = 0; tries < 5000; tries++) {
        const tar = alice.processes().find(isShell);
        if (tar === undefined) await sleep(1);
        else return void (await alice.exec(`kill -KILL -$(ps -o pgid= -p ${tar.pid})`));
      }
      assert.fail("there was no tar");
    }
    await Promise.all([send(files, "killed"), killing()]);
    assert.deepEqual(tree(alice.path("killed/in")), tree("in"));
    assert.deepEqual(alice.files("killed").length, 301, "nothing else is there");
    const back = files.map((file) => `out/./${file}`);
    await Promise.all([fetch(back, "killed"), killing()]);
    assert.deepEqual(tree("out/in"), tree("in"));
    assert.equal(readdirSync("out/in").length, 300);
  });

  await t.test("what is there is sent again only if it differs", async (t) => {
    const { send } = await bed(t, alice);
    for (const name of ["same", "other", "longer"]) writeFileSync(name, content(1000));
    await send(["same", "other", "longer"], "again");
    await alice.exec("cd again && printf x | dd of=other conv=notrunc && echo >>longer && touch same");
    assert.equal(await send(["same", "other", "longer"], "again"), 2000);
    assert.deepEqual(tree(alice.path("again")), tree("."));
  });

  await t.test("directories", async (t) => {
    const { send, fetch, remove } = await bed(t, alice);
    mkdirSync("d/private/deep", { recursive: true });
    chmodSync("d/private", 0o700);
    mkdirSync("d/empty");
    for (let index = 0; index < 600; index++) writeFileSync(`d/private/deep/${index}`, String(index));
    writeFileSync("d/big", content(5 * MiB));
    symlinkSync("private/deep/7", "d/link");
    symlinkSync("nowhere", "d/dangling");
    symlinkSync("d/private/deep/7", "named");
    linkSync("d/private/deep/7", "d/seven");
    const bytes = await send(["d", "named"], "dirs");
    assert.deepEqual(tree(alice.path("dirs/d")), tree("d"));
    assert.equal(readlinkSync(alice.path("dirs/d/link")), "private/deep/7");
    assert.equal(readlinkSync(alice.path("dirs/d/dangling")), "nowhere");
    assert.equal(statSync(alice.path("dirs/d/private")).mode & 0o777, 0o700);
    assert.ok(lstatSync(alice.path("dirs/d/empty")).isDirectory());
    assert.ok(lstatSync(alice.path("dirs/named")).isFile(), "a link that is named is followed");
    assert.equal(await send(["d"], "dirs"), 0);
    await alice.exec("cd dirs/d && ln private/deep/8 eight");
    assert.equal((await fetch(["back/./d/"], "dirs")).bytes, bytes - 1);
    assert.deepEqual(tree("back/d"), { ...tree("d"), eight: "8" });
    assert.equal(readlinkSync("back/d/link"), "private/deep/7");
    assert.equal(statSync("back/d/private").mode & 0o777, 0o700);
    await remove(["d", "named"], "dirs");
    assert.ok(existsSync(alice.path("dirs/d/big")), "as with GNU parallel, a directory stays");
  });

  await t.test("where files go, by name", async (t) => {
    const { send, fetch, remove } = await bed(t, alice);
    mkdirSync("a/b", { recursive: true });
    writeFileSync("a/b/f", "f");
    const absolute = `${process.cwd()}-there/f`;
    await send(["a/./b/f", "./a/b/f"], "names");
    assert.deepEqual(tree(alice.path("names")), { "b/f": "f", "a/b/f": "f" });
    await send([], "names/made");
    assert.ok(existsSync(alice.path("names/made")));
    await alice.exec(`mkdir ${process.cwd()}-there && echo back >${absolute}`);
    await fetch([absolute, "x/./b/f"], "names");
    assert.equal(readFileSync(absolute, "utf8"), "back\n");
    assert.equal(readFileSync("x/b/f", "utf8"), "f");
    await remove([absolute], "");
    assert.ok(!existsSync(absolute) && !existsSync(`${process.cwd()}-there`));
    await send([`${process.cwd()}/a/b/f`], "");
    assert.equal(readFileSync("a/b/f", "utf8"), "f");
  });

  await t.test("one file for two jobs is sent once, and goes with the second", async (t) => {
    const { send, remove } = await bed(t, alice);
    writeFileSync("small", content(100_000));
    writeFileSync("big", content(6 * MiB));
    const files = ["small", "big"];
    const sent = await Promise.all([send(files, "twice"), send(files, "twice"), send(files, "twice")]);
    assert.equal(sent[0]! + sent[1]! + sent[2]!, 100_000 + 6 * MiB);
    await remove(files, "twice");
    await remove([...files, "out"], "twice");
    assert.deepEqual(alice.files("twice"), ["big", "small"]);
    await remove(files, "twice");
    assert.ok(!existsSync(alice.path("twice")));
  });

  await t.test("many at a time, while others are removed from the same directory", async (t) => {
    const { send, fetch, remove } = await bed(t, alice);
    mkdirSync("in");
    let next = 0;
    async function slot(): Promise<void> {
      while (next < 60) {
        const file = `in/${next++}`;
        writeFileSync(file, file);
        await send([file], "busy");
        await fetch([`out/./${file}`], "busy");
        await remove([file], "busy");
      }
    }
    await Promise.all([slot(), slot(), slot()]);
    assert.deepEqual(tree("out/in"), tree("in"));
    assert.ok(!existsSync(alice.path("busy")));
  });

  await t.test("failures name the file, the host and the cause; the others go through", async (t) => {
    const { send, fetch } = await bed(t, alice, { cleanup: false });
    for (const name of ["a", "b", "c"]) writeFileSync(name, name);
    await assert.rejects(
      send(["a", "nosuch", "b"], "fail"),
      fails("INPUT", /^cannot read nosuch: no such file$/),
    );
    assert.deepEqual(alice.files("fail"), ["a", "b"]);
    const undoing = await bed(t, alice);
    writeFileSync("d", "d");
    await assert.rejects(undoing.send(["d", "nosuch"], "undone"), fails("INPUT", /nosuch/));
    assert.ok(!existsSync(alice.path("undone")));
    process.chdir(join("..", `here-${lastId - 1}`));
    await assert.rejects(send(["../a"], "fail"), fails("INPUT", /\.\.\/a has no place on another machine/));
    await alice.exec("mkdir fail/c && echo >fail/file");
    await assert.rejects(send(["c", "a"], "fail"), fails("HOST", /^alice: cannot send c: is a directory$/));
    await assert.rejects(send(["a"], "fail/file"), fails("HOST", /^alice: cannot send a: .*file/));
    mkdirSync("out/b", { recursive: true });
    await assert.rejects(
      fetch(["out/./a", "out/./b"], "fail"),
      fails("OUTPUT", /^cannot write out\/\.\/b: /),
    );
    assert.equal(readFileSync("out/a", "utf8"), "a");
    assert.deepEqual(readdirSync("out"), ["a", "b"]);
    assert.deepEqual(alice.files("fail"), ["a", "b", "c/", "file"], "nothing half-done stays");
  });

  /** Waits until a partial file in a directory has as much. */
  async function partial(directory: string, bytes: number): Promise<string> {
    for (;;) {
      const name = existsSync(directory) && readdirSync(directory).find((one) => one.startsWith(".yonder-"));
      if (name && statSync(join(directory, name)).size >= bytes) return join(directory, name);
      await sleep(1);
    }
  }

  const SIZE = 100 * MiB;

  await t.test("a big file whose session is killed goes on after what is there", async (t) => {
    const { send } = await bed(t, alice);
    writeFileSync("big", content(SIZE));
    const sending = send(["big"], "big");
    await partial(alice.path("big"), 4 * MiB);
    const cat = alice.processes().find(({ name }) => name === "cat");
    assert.ok(cat !== undefined);
    await alice.exec(`pkill -KILL -P $(ps -o ppid= -p ${cat.pid}) cat`);
    const sent = await sending;
    assert.ok(sent > 0 && sent < SIZE, `the rest, and not all: ${sent}`);
    assert.ok(readFileSync(alice.path("big/big")).equals(content(SIZE)));
    assert.deepEqual(alice.files("big"), ["big"]);
  });

  await t.test("a big file that was broken off with the connection goes on in the next", async (t) => {
    const first = await bed(t, alice);
    writeFileSync("big", content(SIZE));
    utimesSync("big", 1e9, 1e9);
    const sending = first.send(["big"], "broken");
    const path = await partial(alice.path("broken"), 4 * MiB);
    alice.killSessions();
    await assert.rejects(sending, fails("HOST", /./));
    assert.deepEqual(readdirSync(alice.path("broken")).length, 1, "nothing under its final name");
    const had = statSync(path).size;
    const second = await bed(t, alice);
    writeFileSync("big", content(SIZE));
    utimesSync("big", 1e9, 1e9);
    assert.equal(await second.send(["big"], "broken"), SIZE - had);
    assert.ok(readFileSync(alice.path("broken/big")).equals(content(SIZE)));

    const fetching = second.fetch(["out/./big"], "broken");
    const back = await partial("out", 4 * MiB);
    alice.killSessions();
    await assert.rejects(fetching, fails("HOST", /./));
    const came = statSync(back).size;
    const directory = process.cwd();
    const third = await bed(t, alice);
    process.chdir(directory);
    assert.deepEqual(await third.fetch(["out/./big"], "broken"), { bytes: SIZE - came, missing: [] });
    assert.ok(readFileSync("out/big").equals(content(SIZE)));
    assert.deepEqual(readdirSync("out"), ["big"]);

    // What is not what it should be is not gone on with.
    const fourth = await bed(t, alice);
    writeFileSync("big", content(5 * MiB));
    utimesSync("big", 2e9, 2e9);
    const sent = fourth.send(["big"], "third");
    await sent;
    assert.ok(readFileSync(alice.path("third/big")).equals(content(5 * MiB)));
  });
});

test("a full disk", { skip: labRefusal("namespace") }, async (t) => {
  lab = await sshLab();
  t.after(async () => {
    process.chdir(here);
    await lab.close();
  });
  const dora = await lab.namespace("dora", { diskBytes: 40 * MiB, shell: "/bin/dash" });
  const { send, fetch } = await bed(t, dora);
  writeFileSync("small", content(500_000));
  writeFileSync("big", content(30 * MiB));
  writeFileSync("tiny", "tiny");
  await send(["tiny"], "w");
  await dora.fillDisk(200_000);
  const full = fails("HOST", /^dora: cannot send \w+: no space left on device$/);
  await assert.rejects(send(["small"], "w"), full);
  await assert.rejects(send(["big"], "w"), full);
  assert.deepEqual(dora.files("w"), ["tiny"], "nothing of it stays");
  assert.equal((await fetch(["out/./tiny"], "w")).bytes, 4);
  await dora.freeDisk();
  assert.equal(await send(["small", "big"], "w"), 500_000 + 30 * MiB);

  await dora.exec("mkdir -m 755 /srv/closed");
  await assert.rejects(
    send(["tiny"], "/srv/closed"),
    fails("HOST", /^dora: cannot send tiny: permission denied$/),
  );
  await dora.exec("echo x >w/secret; chmod 600 w/secret; chown 0:0 w/secret");
  await assert.rejects(
    fetch(["w/./secret"], "w"),
    fails("HOST", /^dora: cannot fetch w\/\.\/secret: permission denied$/),
  );
});
