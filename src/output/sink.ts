import type { ByteString } from "../bytes/bytes.ts";
import type { OutputSpec } from "../interface/launcher.ts";
import { chooseShow } from "./choose-show.ts";
import { outputError } from "./errors.ts";
import { openJoblog } from "./joblog.ts";
import { anyOrder, inputOrder } from "./order.ts";
import { openPlaces, type Place, removeFile } from "./places.ts";
import { capturesOf, entryOf, sizesOf } from "./show.ts";
import type { Sink, SinkEnd, SinkOptions, SinkTask } from "./sink-types.ts";
import { openStaying } from "./staying.ts";
import { type Ended, endedTask, type Running, runningTask, shownAgain, shownTask } from "./task.ts";
import { openWriter } from "./writer.ts";

export function openSink(given: SinkOptions): Sink {
  const options = given.dryRun === true ? dryRunOptions(given) : given;
  const stdout = options.stdout ?? 1;
  const stderr = options.stderr ?? 2;
  const results = options.results?.type === "table" ? undefined : options.results;
  const places = openPlaces(options, results);
  const writer = openWriter(options);
  const joblog = options.joblog && openJoblog(options.joblog.name, options.joblog);
  const show = chooseShow({ ...options, stdout, stderr }, writer);
  const order = options.keepOrder ? inputOrder(present) : anyOrder(present);
  const running = new Map<number, Running>();
  const staying = openStaying(options, show, places);
  let backlogTasks = 0;
  let backlogBytes = 0;
  let hasShown = false;
  let isClosed = false;

  return {
    started: (task) => {
      const place = placeOf(task);
      const record = runningTask(shownTask(task, options), place, options.color);
      running.set(task.seq, record);
      if (options.showCommand === "stderr") writer.bytes(stderr, `${task.command}\n`);
      show.started(record);
      return outputOf(place);
    },
    counts: (seq) => {
      const record = running.get(seq);
      if (record === undefined) return undefined;
      staying.give(record);
      return { output: outputOf(record.place), again: shownAgain(record) };
    },
    ended: (seq, end) => {
      const record = running.get(seq);
      if (record === undefined) return;
      running.delete(seq);
      if (end.keep) {
        staying.give(record);
        staying.finish(record, () => enqueue(endedTask(record, end)));
      } else if (record.place !== undefined) {
        removeFile(record.place.stdout);
        removeFile(record.place.stderr);
      }
    },
    skipped: (seq, task) => {
      if (task === undefined) order.done(seq, undefined);
      else enqueue(endedTask(runningTask(shownTask(task, options), undefined, undefined), skippedEnd()));
    },
    poll: () => {
      // A reader that is slower than the tasks gets what has come when it is ready for more.
      if (!writer.isIdle) return show.poll?.([]);
      return show.poll?.(options.keepOrder ? only(order.current) : running.values());
    },
    note: (lines) => writer.note(stderr, lines),
    canvas: {
      draw: (frame) => writer.draw(stderr, frame),
      drawLast: (frame) => writer.drawLast(stderr, frame),
    },
    takesTexts: show.takesTexts === true,
    get backlogBytes() {
      return backlogBytes;
    },
    get backlogTasks() {
      return backlogTasks;
    },
    flush,
    close: async (exitCode = 0) => {
      if (isClosed) return;
      isClosed = true;
      try {
        await staying.idle();
        // Where a task that others waited for never ended, what is there is still shown.
        order.finish();
        await flush();
        writeLast(show.lastWords?.(exitCode) ?? "");
        await writer.idle();
      } finally {
        show.dispose?.();
        joblog?.close();
        places.close();
      }
    },
  };

  /** Announced, as outputs are: after a crash nothing else tells whose bytes stand behind the last output. */
  function writeLast(words: ByteString): void {
    if (words === "") return;
    options.onClosing?.(words.length);
    writer.bytes(stdout, hasShown ? words : words.slice(options.earlier?.closedBytes ?? 0));
  }

  async function flush(): Promise<void> {
    await staying.idle();
    await writer.idle();
  }

  function placeOf(task: SinkTask): Place | undefined {
    if (options.grouping === "none" && results === undefined) return undefined;
    return task.stays === undefined ? places.at(task) : places.again(task, task.stays);
  }

  function only(seq: number | undefined): Iterable<Running> {
    const record = seq === undefined ? undefined : running.get(seq);
    return record === undefined ? [] : [record];
  }

  function enqueue(ended: Ended): void {
    backlogTasks++;
    order.done(ended.task.seq, ended);
  }

  /** Its turn has come: queues what is to be written. */
  function present(ended: Ended): void {
    const { seq } = ended.task;
    const sizes = sizesOf(ended);
    const entry = entryOf(ended, sizes, options);
    const captures = capturesOf(ended, sizes, show);
    const bytes = sizes.stdout + sizes.stderr;
    hasShown = true;
    backlogBytes += bytes;
    options.onShowing?.(seq, sizes.stdout, sizes.stderr);
    const isQueued = !ended.isLost && guarded(() => show.ended(ended, sizes, entry));
    writer.after((isOut) => {
      const isWritten = isOut && isQueued;
      guarded(() => {
        for (const capture of captures) {
          if (options.keep?.(seq, capture.stream, capture) !== true && !capture.stays)
            removeFile(capture.path);
        }
        // What has not been seen is not done: --resume shall run it again.
        if (isWritten && options.earlier?.isLogged(seq) !== true) joblog?.append(entry);
      });
      backlogBytes -= bytes;
      backlogTasks--;
      if (isWritten) options.onShown?.(seq);
    });
  }

  function guarded(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      options.onError(outputError(error));
      return false;
    }
  }
}

function outputOf(place: Place | undefined): OutputSpec {
  if (place === undefined) return { type: "inherit" };
  return { type: "files", stdout: place.stdout, stderr: place.stderr };
}

function dryRunOptions(options: SinkOptions): SinkOptions {
  const { files: _files, joblog: _joblog, results, ...rest } = options;
  const grouping = "group";
  if (results?.type !== "table") return { ...rest, grouping, showCommand: "stdout" };
  return { ...rest, grouping, showCommand: "stdout", results };
}

function skippedEnd(): SinkEnd {
  const nowMs = Date.now();
  return { outcome: "skipped", exitCode: 0, signal: 0, startMs: nowMs, endMs: nowMs, keep: true };
}
