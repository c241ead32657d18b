/**
 * What is there at once, or will be. Files and values answer at once, pipes later; a promise for each of a million rows
 * would cost more than reading them.
 */
export type MaybePromise<T> = T | Promise<T>;

/** Inside a generator of a Stepper: waits for the value where it is not there yet. */
export function* settled<T>(value: MaybePromise<T>): Generator<Promise<void>, T, void> {
  if (!(value instanceof Promise)) return value;
  let result: T | undefined;
  yield value.then((late) => {
    result = late;
  });
  return result as T;
}
