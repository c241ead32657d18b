import { bufferOf } from "../../bytes/bytes.ts";
import { isTerminal } from "../../output/descriptor.ts";
import type { Canvas, Overlay } from "../../output/writer-types.ts";

/** A terminal that a program writes to as it likes, with something below its output. */
export interface Terminal extends Canvas {
  /** Removes what is drawn; false: nothing is. */
  clear(): false;
  /** Gives the program its streams back. */
  close(): void;
}

const NEWLINE = 0x0a;

/** Lets the overlay give way to each write of the program to a terminal, by its own `write` in the streams. */
export function belowOutput(overlay: Overlay): Terminal {
  let isWithinLine = false;
  const restores = [wrap(process.stdout, 1), wrap(process.stderr, 2)];
  const toTerminal = restores[1]!.original;
  const forgetSignal = onInterrupt(() => clear());

  function wrap(
    stream: NodeJS.WriteStream,
    fd: number,
  ): { original: NodeJS.WriteStream["write"]; undo: () => void } {
    const { write } = stream;
    const original = write.bind(stream) as NodeJS.WriteStream["write"];
    if (!isTerminal(fd)) return { original, undo: () => {} };
    let isOn = true;
    const wrapped = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
      if (isOn && chunk.length > 0) {
        if (overlay.covers(fd)) clear();
        isWithinLine = typeof chunk === "string" ? !chunk.endsWith("\n") : chunk.at(-1) !== NEWLINE;
      }
      return original(chunk, ...rest);
    };
    stream.write = wrapped as NodeJS.WriteStream["write"];
    return {
      original,
      undo() {
        isOn = false;
        // Somebody else may have put theirs over ours.
        if (stream.write === wrapped) stream.write = write;
      },
    };
  }

  function clear(): false {
    const erasure = overlay.erase();
    if (erasure !== "") toTerminal(bufferOf(erasure));
    return false;
  }

  return {
    draw(frame) {
      if (isWithinLine) return false;
      toTerminal(bufferOf(frame));
      return true;
    },
    drawLast: (frame) => void toTerminal(bufferOf(frame)),
    clear,
    close() {
      forgetSignal();
      for (const { undo } of restores) undo();
    },
  };
}

/** ctrl-C ends a program that does not care for it, as ever; what is drawn goes first. */
function onInterrupt(clear: () => void): () => void {
  const listener = (): void => {
    clear();
    process.off("SIGINT", listener);
    if (process.listenerCount("SIGINT") === 0) process.kill(process.pid, "SIGINT");
  };
  process.on("SIGINT", listener);
  return () => void process.off("SIGINT", listener);
}
