import { readFile } from "node:fs/promises";
import { PNG } from "pngjs";
import { task } from "yonder-run";

/** A picture of a file, `width` pixels wide, as PNG. */
export const thumbnail = task(
  async (path: string, width: number): Promise<Uint8Array> => shrunk(await readFile(path), width),
);

/** Each pixel is the mean of those that it stands for. */
export function shrunk(png: Uint8Array, width: number): Uint8Array {
  const image = PNG.sync.read(Buffer.from(png));
  const height = Math.max(1, Math.round((image.height * width) / image.width));
  const small = new PNG({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 4; channel++) {
        small.data[4 * (y * width + x) + channel] = mean(image, x, y, width, height, channel);
      }
    }
  }
  return PNG.sync.write(small);
}

function mean(image: PNG, x: number, y: number, width: number, height: number, channel: number): number {
  const [left, right] = [Math.floor((x * image.width) / width), Math.ceil(((x + 1) * image.width) / width)];
  const [top, bottom] = [
    Math.floor((y * image.height) / height),
    Math.ceil(((y + 1) * image.height) / height),
  ];
  let sum = 0;
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      sum += image.data[4 * (row * image.width + column) + channel]!;
    }
  }
  return Math.round(sum / ((right - left) * (bottom - top)));
}
