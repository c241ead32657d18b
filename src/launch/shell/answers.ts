/** What a slot shell has said of an attempt: see script.ts. */
export interface Answer {
  readonly status: number;
  /** Which of the attempt's files have bytes. */
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** The shell has said something that is no answer: how the command has ended. */
  readonly isSaid: boolean;
  /** So many bytes of it stand at the end of the command's standard error. */
  readonly remarkBytes: number;
}

const ANSWER = /^@(\d+)(o?)(e?)$/;
const WROTE = /^w(\d+)$/;

/** Reads what a slot shell says, from its beginning. */
export interface AnswerReader {
  /** The answers that a chunk completes. */
  read(chunk: string): Answer[];
  /** What the shell has said that is no answer, since the last one. */
  said(): string;
}

export function answerReader(): AnswerReader {
  let partial = "";
  /** All that the shell has written, as far as we know; from its first word of it on, for it is born with a few bytes. */
  let known = Number.POSITIVE_INFINITY;
  let said = "";
  let remarkBytes = 0;

  function take(line: string): Answer | undefined {
    const wrote = WROTE.exec(line);
    if (wrote !== null) {
      remarkBytes = Math.max(0, Number(wrote[1]) - known);
      known = Number(wrote[1]);
    }
    known += line.length + 1;
    if (wrote !== null) return undefined;
    const [, status, stdout, stderr] = ANSWER.exec(line) ?? [];
    if (status === undefined) {
      said += `${line}\n`;
      return undefined;
    }
    const answer = {
      status: Number(status),
      stdout: stdout !== "",
      stderr: stderr !== "",
      isSaid: said !== "" || remarkBytes > 0,
      remarkBytes,
    };
    said = "";
    remarkBytes = 0;
    return answer;
  }

  return {
    read(chunk) {
      const lines = (partial + chunk).split("\n");
      partial = lines.pop() ?? "";
      return lines.map(take).filter((answer) => answer !== undefined);
    },
    said: () => said + partial,
  };
}
