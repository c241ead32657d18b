import type { ByteString } from "./bytes.ts";

/** What a letter behind a number means: small ones are powers of 1000, capitals powers of 1024. */
export const SIZE_UNITS: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
  P: 1024 ** 5,
};

/** The number that `64`, `-1.5` or `64G` means; undefined where it is none. */
export function numberOrSize(text: ByteString): number | undefined {
  const [, number, unit] = /^([-+]?(?:\d+\.?\d*|\.\d+))([kmgtpKMGTP])?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === undefined ? 1 : SIZE_UNITS[unit]!);
}
