import { YonderError } from "../../interface/errors.ts";
import type { Given } from "../given.ts";
import type { PipeOptions } from "../options.ts";
import type { BlockSize } from "../values.ts";
import { bytesOf, durationOf, refuse } from "./number.ts";

/** With any of these, input is piped to the jobs. */
const IMPLY_PIPE = ["pipe", "cat", "fifo", "group-by", "round-robin"];

export function pipeOptions(given: Given): PipeOptions {
  checkCombination(given);
  const pipePart = given.flag("pipe-part");
  return {
    pipe: !pipePart && IMPLY_PIPE.some((name) => given.flag(name)),
    pipePart,
    block: blockOf(given),
    blockTimeoutMs: durationOf(given, "block-timeout"),
    recstart: given.last("recstart"),
    recend: given.last("recend"),
    regexp: given.flag("regexp"),
    removeRecSep: given.flag("remove-rec-sep"),
    roundRobin: given.flag("round-robin"),
    shard: given.last("shard"),
    bin: given.last("bin"),
    groupBy: given.last("group-by"),
    cat: given.flag("cat"),
    fifo: given.flag("fifo"),
    tee: given.flag("tee"),
  };
}

function checkCombination(given: Given): void {
  const counted = ["max-replace-args", "max-lines", "L"].some((name) => given.flag(name));
  if (given.flag("pipe-part") && counted) {
    usage("--pipepart is incompatible with --max-replace-args, --max-lines, and -L.");
  }
  if (given.flag("cat") && given.flag("fifo")) usage("--fifo cannot be combined with --cat.");
}

function blockOf(given: Given): BlockSize | undefined {
  const bytes = bytesOf(given, "block", Number.NEGATIVE_INFINITY);
  if (bytes === undefined) return undefined;
  if (bytes === 0) refuse("block", given.last("block") ?? "", "a size above 0");
  return bytes < 0 ? { type: "partsPerSlot", parts: -bytes } : { type: "bytes", bytes };
}

function usage(message: string): never {
  throw new YonderError("USAGE", { message });
}
