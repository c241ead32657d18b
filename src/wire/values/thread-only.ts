/**
 * Whether an object in which nothing can be seen is no more than that, as an instance of an empty class is. To V8, which
 * makes bytes of values, all are `{}`; node knows for threads of this process which ones are a key, a Blob or a compiled
 * module, and which ones, a URL or the like, nobody can be given.
 */
export function goesAnywhere(opaque: object): boolean {
  try {
    return Object.getPrototypeOf(structuredClone(opaque)) === Object.prototype;
  } catch {
    return false;
  }
}
