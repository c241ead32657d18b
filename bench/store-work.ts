import { createHash } from "node:crypto";
import { openSync, readSync } from "node:fs";
import type { ActionKey } from "../src/interface/store.ts";
import { fsStore } from "../src/store/fs/fs-store.ts";

/**
 * What the measurements of the store run: `node bench/store-work.ts WHAT STORE PATH TIMES`. Prints what proves that the
 * work was done.
 */
const [what, directory = "", path = "", times = "1"] = process.argv.slice(2);

const BULK = 100;

switch (what) {
  case "sha256":
    console.log(sha256(path));
    break;
  case "put-file": {
    await using store = fsStore(directory);
    const { cid } = await store.putFile(path);
    await store.flush();
    console.log(cid);
    break;
  }
  case "put-tree": {
    await using store = fsStore(directory);
    for (let time = 0; time < Number(times); time++) {
      const { cid, files, unchangedFiles } = await store.putTree(path);
      await store.flush();
      console.log(cid, files, unchangedFiles);
    }
    break;
  }
  case "make-actions": {
    await using store = fsStore(directory);
    const { cid } = await store.putFile(path);
    const value = Buffer.from(JSON.stringify({ exitCode: 0, stdout: cid }));
    await Promise.all(keys(Number(times)).map((key) => store.putAction(key, { value, outputs: [cid] })));
    break;
  }
  case "look-up": {
    await using store = fsStore(directory);
    const all = keys(Number(times));
    let found = 0;
    for (let time = 0; time < 10; time++) for (const key of all) if (await store.getAction(key)) found++;
    console.log(found);
    break;
  }
  case "look-up-bulk": {
    await using store = fsStore(directory);
    const all = keys(Number(times));
    let found = 0;
    for (let at = 0; at < 10 * all.length; at += BULK) {
      const some = Array.from({ length: BULK }, (_, index) => all[(at + index) % all.length]!);
      for (const record of await store.getActions(some)) if (record) found++;
    }
    console.log(found);
    break;
  }
}

function sha256(file: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafeSlow(2 ** 20);
  const fd = openSync(file, "r");
  for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
    hash.update(buffer.subarray(0, length));
  }
  return hash.digest("hex");
}

function keys(count: number): ActionKey[] {
  return Array.from(
    { length: count },
    (_, index) => createHash("sha256").update(`${index}`).digest("hex") as ActionKey,
  );
}
