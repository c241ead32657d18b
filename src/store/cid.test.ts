import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { YonderError } from "../interface/errors.ts";
import type { Cid } from "../interface/store.ts";
import { fromBase32, toBase32 } from "./base32.ts";
import {
  cidFromBytes,
  cidOf,
  cidToBytes,
  codecOf,
  digestOf,
  isCid,
  parseCid,
  sha256,
  verifyBlock,
} from "./cid.ts";

const HELLO = Buffer.from("hello world");
const HELLO_CID = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

test("the same bytes have the CID that IPFS gives them", () => {
  assert.equal(cidOf("raw", HELLO), HELLO_CID);
  assert.equal(cidOf("raw", Buffer.alloc(0)), "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
  // An empty map and an empty directory: https://cid.ipfs.tech agrees.
  assert.equal(
    cidOf("dag-cbor", Buffer.of(0xa0)),
    "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua",
  );
  assert.equal(
    cidOf("dag-pb", Buffer.of(10, 2, 8, 1)),
    "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354",
  );
});

test("a CID says its codec and its digest, and comes back from its bytes", () => {
  for (const codec of ["raw", "dag-pb", "dag-cbor"] as const) {
    const cid = cidOf(codec, HELLO);
    assert.equal(codecOf(cid), codec);
    assert.deepEqual(Buffer.from(digestOf(cid)), sha256(HELLO));
    assert.equal(cidFromBytes(cidToBytes(cid)), cid);
    assert.ok(isCid(cid));
  }
});

test("other spellings of a CID are read as the one that yonder writes", () => {
  const directory = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
  assert.equal(parseCid("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"), directory);
  assert.equal(parseCid(HELLO_CID.toUpperCase()), HELLO_CID);
  assert.equal(parseCid("zb2rhj7crUKTQYRGCRATFaQ6YFLTde2YzdqbbhAASkL9uRDXn"), HELLO_CID);
});

test("what is not a CID, or hashed otherwise, is refused", () => {
  const shaken = HELLO_CID.slice(0, -1);
  const texts = [
    "",
    "b",
    "hello",
    shaken,
    `${HELLO_CID}a`,
    `${shaken}0`,
    `${shaken}f`,
    "Qm",
    `Qm${"1".repeat(44)}`,
    `z${"z".repeat(300)}`,
    `${HELLO_CID.slice(0, 20)}${HELLO_CID.slice(20).toUpperCase()}`,
    "bafkr4idq3vkrhk4h3tkwlhw4xh3bzlqjs5gfbkq7ro7uwbnnfoxxnrcsjm",
  ];
  for (const text of texts)
    assert.throws(
      () => parseCid(text),
      (error) => error instanceof YonderError && error.code === "INPUT",
      text,
    );
});

test("a block whose bytes have changed does not pass for its CID", () => {
  verifyBlock(HELLO_CID as Cid, HELLO);
  for (let bit = 0; bit < HELLO.length * 8; bit++) {
    const damaged = Buffer.from(HELLO);
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(
      () => verifyBlock(HELLO_CID as Cid, damaged),
      (error) => error instanceof YonderError && error.code === "STORE_CORRUPT",
    );
  }
});

test("base32 is undone by reading it, and each text is read in one way only", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const text = toBase32(bytes);
      assert.deepEqual(fromBase32(text), bytes);
      assert.equal(text, slowBase32(bytes));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."abcdwxyz234567"), maxLength: 20 }), (text) => {
      const bytes = fromBase32(text);
      if (bytes !== undefined) assert.equal(toBase32(bytes), text);
    }),
  );
});

/** RFC 4648, bit by bit. */
function slowBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups
    .map((group) => "abcdefghijklmnopqrstuvwxyz234567"[Number.parseInt(group.padEnd(5, "0"), 2)])
    .join("");
}
