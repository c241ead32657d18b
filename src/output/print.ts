import type { ByteString } from "../bytes/bytes.ts";
import type { Show, ShowOptions } from "./show.ts";
import { type Ended, type Followed, follow, hasFailed, type Running, taskTransform } from "./task.ts";
import type { Writer } from "./writer-types.ts";

const POLL_DELAY_MS_MIN = 5;
const POLL_DELAY_MS_MAX = 50;

/** Prints output: whole when a task has ended, or (--line-buffer) by lines while it runs. Also -u, where only -v is ours. */
export function printShow(options: ShowOptions, writer: Writer): Show {
  const { stdout, stderr } = options;
  const isLive = options.grouping === "line";
  // Output may come at once, so that the command has to come before.
  const showsCommandFirst = options.grouping === "none" || (isLive && !options.keepOrder);
  let pollDelayMs = POLL_DELAY_MS_MIN;

  return {
    keepsStdout: false,
    keepsStderr: false,
    takesTexts: true,
    started: (running) => {
      if (showsCommandFirst) showCommand(running, false);
    },
    ended: (ended, sizes) => {
      const failed = hasFailed(ended.end);
      showCommand(ended, failed);
      const { texts } = ended.end;
      if (texts !== undefined) {
        showText(ended, stdout, texts.stdout);
        showText(ended, stderr, texts.stderr);
        return;
      }
      if (ended.place === undefined) return;
      showRest(ended, "stdout", ended.place.stdout, sizes.stdout);
      showRest(ended, "stderr", ended.place.stderr, sizes.stderr);
    },
    poll: (tasks) => {
      if (!isLive) return undefined;
      let hasNew = false;
      for (const running of tasks) hasNew = showLines(running) || hasNew;
      pollDelayMs = hasNew ? POLL_DELAY_MS_MIN : Math.min(pollDelayMs * 2, POLL_DELAY_MS_MAX);
      return pollDelayMs;
    },
  };

  function showCommand(running: Running, failed: boolean): void {
    if (options.showCommand !== "stdout" || running.isCommandShown) return;
    running.isCommandShown = true;
    const text = `${running.task.command}\n`;
    const transform = options.grouping === "none" ? undefined : taskTransform(running, failed);
    writer.bytes(stdout, transform === undefined ? text : transform(text, true));
  }

  function showText(ended: Ended, fd: number, text: ByteString): void {
    if (text !== "") writer.bytes(fd, taskTransform(ended, hasFailed(ended.end))?.(text, true) ?? text);
  }

  function showRest(ended: Ended, stream: "stdout" | "stderr", path: ByteString, size: number): void {
    const followed = ended.follow?.[stream];
    const from = followed?.tail.given ?? 0;
    if (size <= from) return;
    const transform =
      followed === undefined ? taskTransform(ended, hasFailed(ended.end)) : followed.transform;
    writer.file(stream === "stdout" ? stdout : stderr, path, { from, transform });
  }

  function showLines(running: Running): boolean {
    const { place } = running;
    if (place === undefined) return false;
    showCommand(running, false);
    const followed = follow(running, place);
    const hasOut = showNext(stdout, place.stdout, followed.stdout);
    return showNext(stderr, place.stderr, followed.stderr) || hasOut;
  }

  function showNext(fd: number, path: ByteString, { tail, transform }: Followed): boolean {
    const part = tail.next();
    if (part === undefined) return false;
    writer.file(fd, path, { ...part, transform });
    return true;
  }
}
