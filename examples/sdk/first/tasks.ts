import { PNG } from "pngjs";
import { actor, task } from "yonder-run";
import { shrunk } from "../thumbnails/tasks.ts";

export const thumbnail = task((image: Uint8Array, width: number): Uint8Array => shrunk(image, width));

export const measure = task((image: Uint8Array): string => {
  const { width, height } = PNG.sync.read(Buffer.from(image));
  return `${width} by ${height}`;
});

export const Counter = actor(
  class Counter {
    n = 0;
    add(k: number): number {
      this.n += k;
      return this.n;
    }
  },
);
