import type { ByteString } from "../../../bytes/bytes.ts";
import type { Options } from "../../../options/options.ts";
import type { BlockOptions, KeyOptions } from "../../../pipe/options.ts";
import { keyValues } from "./key-values.ts";

const BLOCK_BYTES_DEFAULT = 2 ** 20;

/** How the command line says where records and blocks end. */
export function blockOptions(options: Options): BlockOptions {
  const { header, block, groupBy } = options;
  return {
    blockBytes: block?.type === "bytes" ? block.bytes : BLOCK_BYTES_DEFAULT,
    recstart: options.recstart,
    recend: options.recend,
    regexp: options.regexp,
    removeSeparators: options.removeRecSep,
    records: options.maxReplaceArgs ?? options.maxArgs,
    lines: options.maxLines,
    header: header === undefined || header.type === "paths" ? undefined : header,
    skipFirstLine: options.skipFirstLine,
    groupBy: groupBy === undefined ? undefined : keyOptions(options, groupBy),
    skipBlank: options.noRunIfEmpty,
    timeoutMs: options.blockTimeoutMs,
  };
}

/** The value that --group-by, --shard and --bin look at. */
export function keyOptions(options: Options, key: ByteString): KeyOptions {
  return { key, colsep: options.colsep, evaluate: keyValues };
}
