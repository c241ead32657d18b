/** What disks, memory and hands do to a file, for tests that go through all of it. */
export interface Damaged {
  readonly what: string;
  readonly bytes: Buffer;
}

/** Each byte once with a bit flipped, and once made another altogether. */
export function* flipsOf(bytes: Buffer): Generator<Damaged> {
  for (let at = 0; at < bytes.length; at++) {
    for (const mask of [1 << (at % 8), 0xff]) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= mask;
      yield { what: `byte ${at} ^ ${mask}`, bytes: damaged };
    }
  }
}

/** Cut off at each length. */
export function* cutsOf(bytes: Buffer): Generator<Damaged> {
  for (let length = 0; length < bytes.length; length++) {
    yield { what: `cut at ${length}`, bytes: bytes.subarray(0, length) };
  }
}

/** With something behind it. */
export function* tailsOf(bytes: Buffer): Generator<Damaged> {
  for (const tail of ["\0".repeat(500), "x", "\n", "garbage\n", '{"type":"finished"}\n', "\xff".repeat(50)]) {
    yield {
      what: `and then ${JSON.stringify(tail)}`,
      bytes: Buffer.concat([bytes, Buffer.from(tail, "latin1")]),
    };
  }
}
