import type { ByteString } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import { parseAmount, parseLoad } from "../amount.ts";
import type { OptionWorld } from "../defaults.ts";
import type { Given } from "../given.ts";
import { parseHalt } from "../halt.ts";
import type { FailureOptions, LimitOptions } from "../options.ts";
import { durationMs } from "../quantity.ts";
import { DEFAULT_TERM_SEQ, parseTermSeq } from "../term-seq.ts";
import type { Amount, Delay, Timeout } from "../values.ts";
import { bytesOf, countOf, refuse } from "./number.ts";

/** --tty: a terminal has room for one. */
const ONE: Amount = { type: "count", count: 1 };

export function limitOptions(given: Given, world: OptionWorld): LimitOptions {
  return {
    jobs: jobsOf(given.last("jobs"), world) ?? (given.flag("tty") ? ONE : undefined),
    delay: delayOf(given, "delay"),
    sshDelay: delayOf(given, "ssh-delay"),
    load: loadOf(given.last("load"), world),
    memfreeBytes: bytesOf(given, "memfree", 0),
    memsuspendBytes: bytesOf(given, "memsuspend", 0),
    noswap: given.flag("noswap"),
    nice: given.flag("nice") ? Number(given.last("nice")) : undefined,
    limit: given.last("limit"),
    cpuUnit: cpuUnitOf(given),
    maxSlots: countOf(given, "max-slots", 1),
    showLimits: given.flag("show-limits"),
  };
}

function jobsOf(text: ByteString | undefined, world: OptionWorld): Amount | undefined {
  if (text === undefined) return undefined;
  const amount = amountOrFile(text, world, parseAmount);
  if (!amount) throw new YonderError("USAGE", { message: "Parsing of --jobs/-j/--max-procs/-P failed." });
  if (amount.type === "percent" && amount.percent === 0) {
    throw new YonderError("USAGE", { message: "Cannot run any jobs." });
  }
  return amount;
}

function loadOf(text: ByteString | undefined, world: OptionWorld): Amount | undefined {
  if (text === undefined) return undefined;
  const amount = amountOrFile(text, world, parseLoad);
  if (!amount) throw new YonderError("USAGE", { message: "Parsing of --load failed." });
  return amount;
}

function amountOrFile(
  text: ByteString,
  world: OptionWorld,
  parse: (text: ByteString) => Amount | undefined,
): Amount | undefined {
  const amount = parse(text);
  if (amount || text === "") return amount;
  const content = world.readFile(text);
  return content !== undefined && parse(content.trim()) ? { type: "file", path: text } : undefined;
}

function delayOf(given: Given, name: string): Delay | undefined {
  const text = given.last(name);
  if (text === undefined) return undefined;
  const auto = text.endsWith("auto");
  const duration = auto ? text.slice(0, -"auto".length) : text;
  const ms = auto && duration === "" ? 0 : durationMs(duration);
  if (ms === undefined) refuse(name, text, "a time, like 0.5, 1m30s or 2sauto");
  return { ms, auto };
}

function cpuUnitOf(given: Given): LimitOptions["cpuUnit"] {
  if (given.flag("use-sockets-instead-of-threads")) return "sockets";
  return given.flag("use-cores-instead-of-threads") ? "cores" : "threads";
}

export function failureOptions(given: Given): FailureOptions {
  const retriesTemplate = templateOf(given.last("retries"));
  const retries = retriesTemplate === undefined ? (countOf(given, "retries", 0) ?? 1) : 1;
  const sequence = given.last("term-seq");
  return {
    ok: given.all("ok").flatMap(okStatuses),
    halt: parseHalt(given.last("halt") ?? "never"),
    timeout: timeoutOf(given.last("timeout")),
    retries: retries === 0 ? Number.POSITIVE_INFINITY : retries,
    retriesTemplate,
    termSeq: sequence === undefined ? DEFAULT_TERM_SEQ : parseTermSeq(sequence),
  };
}

/** `0,1` or `1-9,20`. 0 counts as success anyway. */
function okStatuses(text: ByteString): number[] {
  return text.split(",").flatMap((part) => {
    const [, first, last = first] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from <= to && to <= 255)) refuse("ok", text, "exit statuses from 0 to 255, like 0,1 or 1-9,20");
    return Array.from({ length: to - from + 1 }, (_, index) => from + index).filter((status) => status > 0);
  });
}

function templateOf(text: ByteString | undefined): ByteString | undefined {
  return text?.includes("{") ? text : undefined;
}

function timeoutOf(text: ByteString | undefined): Timeout | undefined {
  if (text === undefined) return undefined;
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (percent !== undefined) return { type: "percent", percent: Number(percent) };
  const ms = durationMs(text);
  if (ms === undefined) {
    throw new YonderError("USAGE", { message: "--timeout must be seconds or percentage." });
  }
  return { type: "duration", ms };
}
