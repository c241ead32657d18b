import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { CidProfile } from "../../interface/store.ts";
import { parseCid } from "../cid.ts";
import { type Dag, leafOf } from "./block.ts";
import { buildDirectory, buildSymlink, type DirectoryEntry } from "./build-directory.ts";
import { buildFile } from "./build-file.ts";
import { seededBytes } from "./testing.ts";

const MIB = 1 << 20;

/** Published with IPIP-499, and printed by Kubo's own tests. */
const FILES: readonly [what: string, bytes: () => Iterable<Uint8Array>, cid: string][] = [
  [
    "hello world",
    () => [Buffer.from("hello world")],
    "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
  ],
  ["nothing", () => [], "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"],
  [
    "one leaf",
    () => seededBytes(MIB, "chunk-v1-seed"),
    "bafkreiacndfy443ter6qr2tmbbdhadvxxheowwf75s6zehscklu6ezxmta",
  ],
  [
    "a leaf and a byte",
    () => seededBytes(MIB + 1, "chunk-v1-seed"),
    "bafybeigmix7t42i6jacydtquhet7srwvgpizfg7gjbq7627d35mjomtu64",
  ],
  [
    "a full node",
    () => seededBytes(1024 * MIB, "v1-2025-seed"),
    "bafybeihmf37wcuvtx4hpu7he5zl5qaf2ineo2lqlfrapokkm5zzw7zyhvm",
  ],
  [
    "a full node and a byte",
    () => seededBytes(1024 * MIB + 1, "v1-2025-seed"),
    "bafybeibdsi225ugbkmpbdohnxioyab6jsqrmkts3twhpvfnzp77xtzpyhe",
  ],
];

for (const [what, bytes, cid] of FILES)
  test(`a file of ${what} has the CID that Kubo gives it`, async () => {
    assert.equal((await buildFile(bytes(), () => {})).cid, cid);
  });

test("a directory becomes a tree of shards when its block is larger than 256 KiB, not before", () => {
  assert.equal(vectorDirectory(21), "bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4");
  assert.equal(vectorDirectory(22), "bafybeiegvuterwurhdtkikfhbxcldohmxp566vpjdofhzmnhv6o4freidu");
});

/** 4766 names of 11 characters, the last one longer, so that the block is exactly 256 KiB with a last one of 21. */
function vectorDirectory(lastLength: number): string {
  const alphabet = "abcdefghijklmnopqrstuvwxyz01234567890-_";
  const stream = Buffer.concat([...seededBytes(MIB, "hamt-unixfs-v1-2025")]);
  const leaf = leafOf(Buffer.from("x"));
  let at = 0;
  const entries: DirectoryEntry[] = Array.from({ length: 4766 }, (_, index) => {
    const bytes = stream.subarray(at, (at += index === 4765 ? lastLength : 11));
    return { ...leaf, name: [...bytes].map((byte) => alphabet[byte % alphabet.length]).join("") };
  });
  return buildDirectory(entries, () => {}).cid;
}

test("entries come in any order, and are sorted by the bytes of their names", () => {
  const leaf = leafOf(Buffer.from("x"));
  const entries = ["b", "a", "ä", "Z", "a.b", "\u{1f600}", "\uffff"].map((name) => ({
    ...leaf,
    name: encodeText(name),
  }));
  const forth = buildDirectory(entries, () => {});
  assert.deepEqual(
    buildDirectory(entries.toReversed(), () => {}),
    forth,
  );
});

test("names that no directory can hold are refused", () => {
  const leaf = leafOf(Buffer.from("x"));
  for (const names of [[""], ["."], [".."], ["a/b"], ["a\0"], ["a", "b", "a"]])
    assert.throws(
      () =>
        buildDirectory(
          names.map((name) => ({ ...leaf, name })),
          () => {},
        ),
      (error) => error instanceof YonderError && error.code === "INPUT",
      JSON.stringify(names),
    );
});

test("an empty directory has the CID that everyone knows", () => {
  const profiles: CidProfile[] = ["unixfs-v1-2025", "kubo-cidv1"];
  for (const profile of profiles)
    assert.equal(
      buildDirectory([], () => {}, profile).cid,
      "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
    );
});

test("symbolic links, and directories with them, have the CIDs of Kubo's own test (t0044-add-symlink.sh)", async () => {
  const good = buildSymlink("files/foo/baz", () => {});
  const bad = buildSymlink("files/does/not/exist", () => {});
  assert.equal(good.cid, parseCid("QmdocmZeF7qwPT9Z8SiVhMSyKA2KKoA2J7jToW6z6WBmxR"));
  assert.equal(bad.cid, parseCid("QmWYN8SEXCgNT2PSjB6BnxAx6NJQtazWoBkTRH9GRfPFFQ"));
  const text = await buildFile([Buffer.from("some text\n")], () => {});
  const directory = (entries: Record<string, Dag>) =>
    buildDirectory(
      Object.entries(entries).map(([name, dag]) => ({ ...dag, name })),
      () => {},
    );
  const files = directory({ foo: directory({ baz: text }), bar: directory({ baz: good }), bad });
  assert.equal(files.cid, parseCid("zdj7WZDQ2xMmr4qn6aRZTsE9fCUs2KmvPigpHdpssqUobwcWK"));
});
