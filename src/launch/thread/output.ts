import { callHere } from "./context.ts";
import type { Post } from "./outbox.ts";

/**
 * Sends what calls write to standard output and standard error to the driver, with the call that has written it: console
 * methods write there too. What a call leaves running keeps its name.
 */
export function captureOutput(post: Post): void {
  capture(process.stdout, 1, post);
  capture(process.stderr, 2, post);
}

function capture(stream: NodeJS.WriteStream, number: 1 | 2, post: Post): void {
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const encoding = typeof rest[0] === "string" ? (rest[0] as BufferEncoding) : "utf8";
    const text =
      typeof chunk === "string" ? Buffer.from(chunk, encoding).toString() : Buffer.from(chunk).toString();
    post({ type: "output", id: callHere()?.id ?? 0, stream: number, text });
    const done = rest.find((one) => typeof one === "function") as
      | ((error?: Error | null) => void)
      | undefined;
    if (done !== undefined) queueMicrotask(() => done());
    return true;
  };
  stream.write = write as typeof stream.write;
}
