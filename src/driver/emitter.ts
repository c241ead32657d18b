/** Something that happens again and again, told to those who listen by then. */
export interface Emitter<T = void> {
  emit(value: T): void;
  on(listener: (value: T) => void): void;
}

export function createEmitter<T = void>(): Emitter<T> {
  const listeners: ((value: T) => void)[] = [];
  return {
    emit(value) {
      for (const listener of listeners) listener(value);
    },
    on: (listener) => void listeners.push(listener),
  };
}
