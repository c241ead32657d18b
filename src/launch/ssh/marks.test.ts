import assert from "node:assert/strict";
import { test } from "node:test";
import { chance } from "./fixture-chance.ts";
import { markReader } from "./marks.ts";

const MARK = "\x1e0123456789abcdef01234567";

type Piece = string | readonly [letter: string, number: number | undefined];

/** What the reader tells of a stream that comes in these chunks; bytes in a row are one piece. */
function read(chunks: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  const reader = markReader(MARK, {
    onBytes(bytes) {
      assert.ok(bytes.length > 0);
      const text = bytes.toString("latin1");
      if (typeof pieces.at(-1) === "string") pieces.push(pieces.pop() + text);
      else pieces.push(text);
    },
    onMark: (letter, number) => void pieces.push([letter, number]),
  });
  for (const chunk of chunks) reader.read(Buffer.from(chunk, "latin1"));
  return pieces;
}

function streamOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (typeof piece === "string" ? piece : markOf(piece))).join("");
}

function markOf([letter, number]: Exclude<Piece, string>): string {
  return `${MARK}${letter}${number ?? ""};`;
}

test("bytes and marks come in the order of the stream", () => {
  const pieces: Piece[] = [
    "hello",
    ["P", 1234],
    ["B", undefined],
    "out\n\xff\0",
    ["E", 0],
    ["C", undefined],
    "late",
  ];
  assert.deepEqual(read([streamOf(pieces)]), pieces);
});

test("however the stream is cut, the same bytes and marks come", () => {
  const random = chance(1);
  // What is nearly a mark is output like any other.
  const words = [
    "",
    "\n",
    "\x1e",
    MARK.slice(0, 9),
    MARK.slice(0, -1),
    "x".repeat(70),
    "\0\xff",
    MARK.slice(1),
  ];
  for (let round = 0; round < 2000; round++) {
    const pieces: Piece[] = [];
    for (let left = random.int(0, 7); left > 0; left--) {
      let bytes = "";
      for (let count = random.int(0, 3); count > 0; count--) bytes += random.pick(words);
      if (bytes !== "") pieces.push(bytes);
      pieces.push([random.pick([..."BECTP"]), random.int(0, 1) === 0 ? random.int(0, 1e6) : undefined]);
    }
    const stream = streamOf(pieces);
    const chunks: string[] = [];
    for (let at = 0; at < stream.length; ) chunks.push(stream.slice(at, (at += random.int(1, 40))));
    assert.deepEqual(read(chunks), pieces, JSON.stringify(chunks));
  }
});

test("every single cut of a mark", () => {
  const stream = `a${markOf(["E", 255])}b${markOf(["C", undefined])}`;
  for (let at = 0; at <= stream.length; at++) {
    assert.deepEqual(read([stream.slice(0, at), stream.slice(at)]), ["a", ["E", 255], "b", ["C", undefined]]);
  }
});

test("bytes that cannot be the start of a mark do not wait", () => {
  assert.deepEqual(read(["prompt> "]), ["prompt> "]);
  assert.deepEqual(read([`a${MARK.slice(0, 5)}`]), ["a"]);
  assert.deepEqual(read([`a${MARK.slice(0, 5)}`, "b"]), [`a${MARK.slice(0, 5)}b`]);
});

test("a mark that is repeated with something else behind it is output, and holds up nothing", () => {
  const junk = `${MARK}no mark, and long enough not to become one`;
  assert.deepEqual(read([junk, streamOf([["E", 1]])]), [junk, ["E", 1]]);
  for (const tail of [";", "E-1;", "Efoo;", "9;"]) {
    const stream = `${MARK}${tail}${"x".repeat(30)}`;
    assert.deepEqual(read([...stream]), [stream]);
  }
});
