import type { ByteString } from "../../../bytes/bytes.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import { descriptorKind } from "../../../output/descriptor.ts";
import type { Sink } from "../../../output/sink-types.ts";

export interface NotesOptions {
  /** The name under which the program speaks. */
  readonly name: string;
  readonly journal: Pick<JournalWriter, "note">;
  /** The file that standard error goes to ends in the middle of an output, and its rest comes first. */
  readonly isTorn: () => boolean;
}

/** What the program says on standard error, which outputs of tasks and progress may go to as well. */
export interface Notes {
  /** One message, under the program's name. */
  readonly say: (message: ByteString) => void;
  /** Lines as they are. */
  readonly print: (lines: ByteString) => void;
  /** From now on other things are written, and this writes them. */
  readonly through: (sink: Pick<Sink, "note">) => void;
  /** Says what has waited. */
  readonly flush: () => void;
}

export function openNotes({ name, journal, isTorn }: NotesOptions): Notes {
  const waiting: ByteString[] = [];
  let sink: Pick<Sink, "note"> | undefined;

  function print(lines: ByteString): void {
    // Of a regular file, the journal knows how much is notes; writing there waits for nobody.
    if (sink === undefined || descriptorKind(2) === "file") journal.note(lines);
    else sink.note(lines);
  }

  function flush(): void {
    for (const message of waiting.splice(0)) print(`${name}: ${message}\n`);
  }

  return {
    say(message) {
      waiting.push(message);
      if (!isTorn()) flush();
    },
    print,
    through(opened) {
      sink = opened;
    },
    flush,
  };
}
