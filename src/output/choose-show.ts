import { jsonShow } from "./json-lines.ts";
import { latestShow } from "./latest.ts";
import { namesShow } from "./names.ts";
import { parsetShow } from "./parset.ts";
import { printShow } from "./print.ts";
import type { Show, ShowOptions } from "./show.ts";
import { tableShow } from "./table.ts";
import type { Writer } from "./writer-types.ts";

export function chooseShow(options: ShowOptions, writer: Writer): Show {
  if (options.parset !== undefined) return parsetShow(options, options.parset, writer);
  if (options.results?.type === "table") return tableShow(options, options.results, writer);
  if (options.json === true) return jsonShow(options, writer);
  if (options.files === true || options.results !== undefined) return namesShow(options, writer);
  if (options.grouping === "latest") return latestShow(options, writer);
  return printShow(options, writer);
}
