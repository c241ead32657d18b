import type { ByteString } from "../bytes/bytes.ts";
import { inTurn } from "./lines.ts";
import type { Transform } from "./parts.ts";
import type { Show, ShowOptions } from "./show.ts";
import type { Parset } from "./sink-types.ts";
import { hasFailed, taskTransform } from "./task.ts";
import type { Writer } from "./writer-types.ts";

/**
 * Prints shell code that sets variables to the outputs, each without its last newline, as bash's $(…) would give them
 * (but with all other newlines). `return` passes the exit status on to who evaluates it in a function.
 */
export function parsetShow(options: ShowOptions, parset: Parset, writer: Writer): Show {
  const { stdout, stderr, earlier } = options;
  const isList = parset.type === "assoc" || parset.names.length === 1;
  let shown = earlier?.shownCount ?? 0;
  let hasTooMany = !isList && shown > parset.names.length;

  return {
    keepsStdout: false,
    keepsStderr: false,
    started: () => {},
    ended: (ended) => {
      const name = isList ? parset.names[0] : parset.names[shown];
      if (name === undefined) {
        if (!hasTooMany) writer.bytes(stderr, "parset: Error: Too few named destination variables\n");
        hasTooMany = true;
        return;
      }
      if (isList && shown === 0) writer.bytes(stdout, `${name}=(`);
      shown++;
      if (ended.place === undefined) return;
      writer.bytes(stdout, before(name, ended.task.rows.flat()));
      const failed = hasFailed(ended.end);
      const transform = inTurn(inTurn(taskTransform(ended, failed), withoutLastNewline()), doubledQuotes);
      writer.file(stdout, ended.place.stdout, { transform });
      writer.bytes(stdout, "'\n");
      writer.file(stderr, ended.place.stderr, { transform: taskTransform(ended, failed) });
    },
    lastWords: (exitCode) => {
      const end = !isList ? "" : shown === 0 ? `${parset.names[0]}=()\n` : ")\n";
      return `${end}\nreturn ${hasTooMany ? 255 : exitCode}\n`;
    },
  };

  function before(name: ByteString, values: readonly ByteString[]): ByteString {
    if (parset.type === "assoc") return `['${doubledQuotes(values.join(" "))}']='`;
    return isList ? "'" : `${name}='`;
  }
}

function doubledQuotes(text: ByteString): ByteString {
  return text.replaceAll("'", `'"'"'`);
}

function withoutLastNewline(): Transform {
  let held = "";
  return (chunk) => {
    const text = held + chunk;
    held = text.endsWith("\n") ? "\n" : "";
    return held === "" ? text : text.slice(0, -1);
  };
}
