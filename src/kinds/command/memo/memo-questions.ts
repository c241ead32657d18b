import { readFileSync } from "node:fs";
import { type ByteString, decodeText, encodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import { commandQuestion } from "../../../memo/command-key.ts";
import { programWord, wordsOf } from "../../../memo/command-words.ts";
import type { FileHasher } from "../../../memo/file-hash.ts";
import { inputParts, mayBeName, type NamedFile } from "../../../memo/inputs.ts";
import type { KeyPart } from "../../../memo/key.ts";
import type { Question } from "../../../memo/memo.ts";
import { programPart } from "../../../memo/program.ts";
import type { Options } from "../../../options/options.ts";
import { SKIP, type Template } from "../../../template/template.ts";
import { workingDirectory } from "../../../working-directory.ts";
import type { Task } from "../tasks/task.ts";
import { SHELL_STATE_VARIABLE } from "../text/job-source.ts";
import { showOut } from "../text/out-file.ts";
import { contextOf, type RenderFacts, render, type Templates } from "../text/templates.ts";
import { workdirOf } from "../text/workdir.ts";

export interface MemoJob {
  readonly options: Options;
  readonly templates: Templates;
  /** Of the command, as they were given. */
  readonly words: readonly ByteString[];
  readonly facts: RenderFacts;
  readonly env: NodeJS.ProcessEnv;
  readonly shell: string;
}

export interface TaskQuestion {
  readonly task: Task;
  readonly question: Question;
  /** For people: with {out} in place of a path. */
  readonly command: ByteString;
  /** Where its --out goes. */
  readonly out: ByteString | undefined;
}

/** A task's texts. No slot is known yet, and none may count. */
interface Rendered {
  readonly task: Task;
  readonly command: ByteString;
  readonly out: ByteString | undefined;
  readonly directory: ByteString;
  readonly program: ByteString | undefined;
  readonly files: readonly NamedFile[];
}

/**
 * Makes the keys of tasks; none for one that will be left out (skip(), --filter), or has an input that cannot be read.
 *
 * Its files are: values that name one, words of the command that name one, and what --memo-input says.
 */
export function memoQuestions(
  job: MemoJob,
  hasher: FileHasher,
): (tasks: readonly Task[]) => Promise<TaskQuestion[]> {
  const { options, templates, facts, env, shell } = job;
  refuseSlots(templates);
  const statePath = env[SHELL_STATE_VARIABLE];
  const shellState = statePath === undefined ? undefined : readFileSync(statePath, "latin1");
  const words = job.words.flatMap((word) => (options.quote ? [word] : wordsOf(word))).filter(mayBeName);
  const programs = new Map<ByteString, KeyPart>();
  const declared = options.memoEnv.map((name) => [name, env[decodeText(name)]] as const);

  function textOf(template: Template | undefined, task: Task): ByteString | undefined {
    const text = template && render(template, task, 0, facts);
    return text === SKIP ? undefined : text;
  }

  function rendered(task: Task): Rendered | undefined {
    const command = render(templates.command, task, 0, facts);
    if (command === SKIP || templates.accepts?.(contextOf(task, 0, facts)) === false) return undefined;
    const workdir = textOf(templates.workdir, task);
    // A new one has another name each time.
    const isNew = workdir === "...";
    const directory = resolved(
      encodeText(workingDirectory()),
      workdir === undefined || isNew ? "." : workdirOf(workdir, 0, env),
    );
    const program = programWord(command);
    const named = [...task.rows.flat(), ...words, ...(program?.includes("/") ? [program] : [])].filter(
      mayBeName,
    );
    const inputs = templates.memoInputs
      .map((template) => textOf(template, task))
      .filter((name) => name !== undefined);
    return {
      task,
      command,
      out: textOf(templates.out, task),
      directory: isNew ? "..." : directory,
      program: program?.includes("/") ? undefined : program,
      files: [
        ...named.map((name) => ({ name, path: resolved(directory, name), isDeclared: false })),
        ...inputs.map((name) => ({ name, path: resolved(directory, name), isDeclared: true })),
      ],
    };
  }

  /** A text that cannot be made is told when the task is to start. */
  function renderedOrNot(task: Task): Rendered | undefined {
    try {
      return rendered(task);
    } catch {
      return undefined;
    }
  }

  function programOf(word: ByteString | undefined): readonly KeyPart[] {
    if (word === undefined) return [];
    let part = programs.get(word);
    if (part === undefined) programs.set(word, (part = programPart(word, env)));
    return [part];
  }

  return async (tasks) => {
    const all = tasks.map(renderedOrNot).filter((one) => one !== undefined);
    const inputs = await inputParts(
      hasher,
      all.map(({ files }) => files),
    );
    return all.flatMap(({ task, command, out, directory, program }, index) => {
      const files = inputs[index];
      if (files === undefined) return [];
      const shown = out === undefined ? command : showOut(command);
      const question = commandQuestion({
        command: shown,
        args: task.rows.flat(),
        shell,
        shellState,
        directory,
        out,
        parts: [...programOf(program), ...files],
        env: [...declared, ...(task.env ?? [])],
        version: options.memoVersion,
      });
      return [{ task, question, command: shown, out }];
    });
  };
}

/** A job that is reused has no slot. @throws YonderError USAGE */
function refuseSlots({ command, out, workdir, memoInputs }: Templates): void {
  if (![command, out, workdir, ...memoInputs].some((template) => template?.uses.slot)) return;
  throw new YonderError("USAGE", {
    message: "--memo cannot be combined with {%}: the same job would be another one in each slot.",
    remedy: "leave out {%}, or --memo",
  });
}

function resolved(directory: ByteString, name: ByteString): ByteString {
  return name.startsWith("/") ? name : name === "." ? directory : `${directory}/${name}`;
}
