/** A translation under way: what is read, how far, and what has been written. */
export interface Translation {
  readonly pattern: string;
  at: number;
  out: string;
  /** Capturing groups opened so far. */
  groups: number;
  /** The modifiers that hold here. They end with the group that they were set in. */
  scope: Scope;
  /** The modifiers outside each open group, innermost last. */
  readonly outer: Scope[];
  /** Between \Q and \E. */
  quoted: boolean;
}

export interface Scope {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
  readonly noCapture: boolean;
}

export const plainScope: Scope = {
  ignoreCase: false,
  multiline: false,
  dotAll: false,
  extended: false,
  noCapture: false,
};

/** The scope with some modifiers (letters) switched on, and some off. Letters without effect on bytes are ignored. */
export function modified(scope: Scope, on: string, off = ""): Scope {
  const value = (letter: string, current: boolean): boolean =>
    off.includes(letter) ? false : current || on.includes(letter);
  return {
    ignoreCase: value("i", scope.ignoreCase),
    multiline: value("m", scope.multiline),
    dotAll: value("s", scope.dotAll),
    extended: value("x", scope.extended),
    noCapture: value("n", scope.noCapture),
  };
}

/** Writes JavaScript for what ended at `end`. */
export function emit(translation: Translation, source: string, end: number): void {
  translation.out += source;
  translation.at = end;
}
