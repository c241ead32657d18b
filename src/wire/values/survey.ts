import { isOpaque, itemsOf, kindOf } from "./containers.ts";
import { isPartOfMore } from "./memory.ts";
import { goesAnywhere } from "./thread-only.ts";

/** Which objects of an earlier value of the same message a value has too, and what of it must be sent otherwise. */
export interface Survey {
  /** Objects and items of arrays. */
  readonly size: number;
  /** It has an object that an earlier one has: whoever gets one of them could change the other. */
  readonly sharesObjects: boolean;
  /** There is something that only threads can be given, or nobody. */
  readonly isForThreads: boolean;
  /** There is something in the object that cannot be sent as it is. */
  leadsToParts(value: object): boolean;
}

/**
 * Looks through a value.
 *
 * @param seen the objects of earlier values, with the number of theirs; those of this one are added
 * @param number of this value
 */
export function survey(value: object, seen: Map<object, number>, number: number): Survey {
  const leading = new Set<object>();
  const path = new Set<object>();
  let size = 0;
  let sharesObjects = false;
  let isForThreads = false;
  let isCircular = false;

  /** Whether it leads to a part. */
  function visit(one: object): boolean {
    size++;
    const kind = kindOf(one);
    if (kind === "view" && (one as ArrayBufferView).buffer instanceof SharedArrayBuffer) {
      // There to be shared.
      if (Buffer.isBuffer(one)) leading.add(one);
      return leading.has(one);
    }
    const earlier = seen.get(one);
    if (earlier === number) {
      if (path.has(one)) isCircular = true;
      return leading.has(one);
    }
    if (earlier !== undefined) sharesObjects = true;
    seen.set(one, number);
    if (isOpaque(one, kind) && !goesAnywhere(one)) isForThreads = true;
    const isPart = kind === "error" || (kind === "view" && isPartOrBuffer(one as ArrayBufferView));
    if (isPart || look(one, itemsOf(one, kind))) leading.add(one);
    return leading.has(one);
  }

  function look(one: object, items: readonly unknown[]): boolean {
    size += items.length;
    let leads = false;
    path.add(one);
    for (const item of items) if (typeof item === "object" && item !== null && visit(item)) leads = true;
    path.delete(one);
    return leads;
  }

  visit(value);
  return {
    size,
    sharesObjects,
    isForThreads,
    // On a circle, what is found last is not known at the objects that were left before.
    leadsToParts: (one) => leading.has(one) || (isCircular && leading.size > 0),
  };
}

function isPartOrBuffer(view: ArrayBufferView): boolean {
  return isPartOfMore(view) || Buffer.isBuffer(view);
}
