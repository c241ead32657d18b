import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { frameSender, readFrames } from "./frames.ts";

const bytes = (length: number, seed: number): Uint8Array =>
  new Uint8Array(length).map((_, index) => (index * 7 + seed) % 251);

test("messages of all sizes come as they were sent, in the order of their channel, however the stream cuts them", async () => {
  const stream = new PassThrough();
  const cut = new PassThrough();
  const came: [number, Uint8Array][] = [];
  readFrames(cut, "magic", (channel, message) => came.push([channel, message]));
  cut.write("Welcome!\nmag");
  cut.write("ic\n");
  const sender = frameSender(stream);
  const sizes = [0, 1, 131_071, 131_072, 131_073, 1_000_000];
  const sent = sizes.map((size, at) => sender.send(at % 2, bytes(size, at)));
  stream.on("data", (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += 1000) cut.write(chunk.subarray(at, at + 1000));
  });
  await Promise.all(sent);
  for (let tries = 0; came.length < sizes.length && tries < 1000; tries++) await turn();
  for (const channel of [0, 1]) {
    const expected = sizes.map((size, at) => bytes(size, at)).filter((_, at) => at % 2 === channel);
    const messages = came.filter(([of]) => of === channel).map(([, message]) => message);
    assert.deepEqual(messages, expected);
  }
  assert.ok(came.every(([, message]) => message.byteLength === message.buffer.byteLength));
});

test("a large message does not hold up another channel, and waits while nobody reads", async () => {
  const stream = new PassThrough();
  const sender = frameSender(stream);
  const large = sender.send(1, bytes(4_000_000, 1));
  void sender.send(2, bytes(10, 2));
  await turn();
  assert.ok(sender.waitingBytes > 3_000_000, `${sender.waitingBytes} bytes wait`);
  const order: number[] = [];
  readFrames(stream, "", (channel) => order.push(channel));
  stream.unshift("\n");
  await large;
  for (let tries = 0; order.length < 2 && tries < 1000; tries++) await turn();
  assert.deepEqual(order, [2, 1]);
});

test("what waits when the stream ends is let go", async () => {
  const stream = new PassThrough();
  const sender = frameSender(stream);
  const sent = sender.send(1, bytes(4_000_000, 1));
  stream.destroy();
  await once(stream, "close");
  await sent;
  await sender.send(1, bytes(1, 1));
  assert.equal(sender.waitingBytes, 0);
});
