import { decode, encode } from "./codec.ts";

/** What a driver and an agent, the process that works for it on another machine, say to each other. */
export const WIRE_VERSION = 2;

/** The channel of these messages; that of a host has the host's number, from 1. */
export const CONTROL = 0;

export type ToAgent =
  /** Answered by `hello`, as often as it comes. */
  | { readonly type: "hello"; readonly version: number }
  /** End a host at once; `gone` follows. */
  | { readonly type: "kill"; readonly host: number }
  /** Take a call back where it has not begun: `returned` says so, and else it ends as it ends. */
  | { readonly type: "takeBack"; readonly host: number; readonly id: number }
  /** Put files and links where modules are loaded from; `placed` follows, after `missing` and the files' `content`. */
  | { readonly type: "place"; readonly id: number; readonly files: readonly PlacedFile[] }
  /** A part of the content of a file; `isLast` with the last one. */
  | { readonly type: "content"; readonly hash: string; readonly bytes: Uint8Array; readonly isLast: boolean }
  /** Memory that calls name by its number from now on, until `forget`. */
  | { readonly type: "constant"; readonly number: number; readonly bytes: Uint8Array }
  | { readonly type: "forget"; readonly number: number }
  /** End everything, and then yourself. */
  | { readonly type: "close" };

/** The first message in the channel of a host: make it, a thread or a process that runs calls. All others are `HostMessage`s. */
export interface OpenHost {
  readonly isProcess: boolean;
  readonly heapBytesMax?: number | undefined;
}

export type FromAgent =
  | ({ readonly type: "hello" } & AgentFacts)
  /** `begun`: calls of late that have begun, ended or not; undefined where nobody knows. All others have not. */
  | {
      readonly type: "gone";
      readonly host: number;
      readonly why: string;
      readonly begun: readonly number[] | undefined;
      /** It has never come up. */
      readonly isStillborn: boolean;
    }
  | { readonly type: "returned"; readonly host: number; readonly id: number }
  /** These contents are not in the cache. */
  | { readonly type: "missing"; readonly id: number; readonly hashes: readonly string[] }
  | { readonly type: "placed"; readonly id: number; readonly error?: string };

/** What an agent says of itself and its machine. */
export interface AgentFacts {
  readonly version: number;
  readonly node: string;
  readonly pid: number;
  /** Cores that its threads may use. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Files of modules are below this directory, at the paths that they have where they come from. */
  readonly root: string;
}

/** Paths are absolute, with `/`, of the machine that the files come from. */
export type PlacedFile =
  | { readonly path: string; readonly hash: string; readonly sizeBytes: number }
  /** A symbolic link to another of these paths. */
  | { readonly path: string; readonly link: string };

/** What goes to a host, in its channel: a message, and what the agent itself has to know of it. */
export interface HostMessage {
  /** Calls in it, in order. */
  readonly calls: readonly number[];
  /** Numbers of the memory that the body names. */
  readonly constants: readonly number[];
  /** A message as encode() has made it. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export function packHostMessage({ calls, constants, body }: HostMessage): Uint8Array {
  const head = new Uint32Array([calls.length, constants.length, ...calls, ...constants]);
  return Buffer.concat([new Uint8Array(head.buffer), body]);
}

/** The body is a view of `bytes`. */
export function unpackHostMessage(bytes: Uint8Array<ArrayBuffer>): HostMessage {
  const [calls, constants] = new Uint32Array(bytes.buffer, bytes.byteOffset, 2) as unknown as [
    number,
    number,
  ];
  const head = new Uint32Array(bytes.buffer, bytes.byteOffset + 8, calls + constants);
  return {
    calls: [...head.subarray(0, calls)],
    constants: [...head.subarray(calls)],
    body: bytes.subarray(8 + head.byteLength),
  };
}

export function encodeControl(message: ToAgent | FromAgent): Uint8Array {
  return encode(message);
}

export function decodeControl(bytes: Uint8Array): ToAgent | FromAgent {
  return decode(bytes) as ToAgent | FromAgent;
}
