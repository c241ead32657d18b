import { accessSync, constants } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../../../bytes/bytes.ts";
import { nowMs } from "../../../clock.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { AttemptEnd, AttemptFiles, AttemptSpec, LauncherEvents } from "../../../interface/launcher.ts";
import type { Control } from "../../../launch/ssh/control.ts";
import type { SshLauncher } from "../../../launch/ssh/launcher.ts";
import { type Placed, placeReturned, placeSent } from "../../../launch/ssh/transfer/paths.ts";
import type { Transfers } from "../../../launch/ssh/transfer/transfers.ts";
import { asFailure } from "../slots/success.ts";
import { notTheSame } from "./same-file.ts";

export interface TransferringParts extends Pick<LauncherEvents, "onEnd" | "onReturn"> {
  readonly transfers: Transfers;
  /** --basefile: there before the first attempt. */
  readonly basefiles: readonly ByteString[];
  readonly workdir: ByteString;
  readonly cleanup: boolean;
  /** Of the host. */
  readonly control: Control;
  /** Removes a directory of the host with all that is in it. */
  removeDirectory(directory: ByteString): Promise<void>;
  /** Runs the attempts. */
  launcher(events: Pick<LauncherEvents, "onEnd" | "onReturn">): SshLauncher;
  say(text: string): void;
}

interface TransferredAttempt {
  readonly attempt: AttemptSpec;
  readonly startMs: number;
  phase: "sending" | "running" | "fetching";
  /** It was taken back, or told to end, while its files were on their way. */
  isRevoked: boolean;
  isSignalled: boolean;
  sent: readonly ByteString[];
  sentBytes: number;
}

/** A launcher whose attempts find their files where they run, and whose files come back before they end. */
export function transferringLauncher(parts: TransferringParts): SshLauncher {
  const { transfers } = parts;
  const attempts = new Map<number, TransferredAttempt>();
  const launcher = parts.launcher({ onEnd: (end) => void arrive(end), onReturn: returned });
  const base =
    parts.basefiles.length === 0
      ? Promise.resolve(0)
      : transfers.send(parts.basefiles.filter(isReadable), parts.workdir);
  base.catch(() => {}); // whoever waits for it is told

  /** As in GNU parallel, the job finds out for itself what it lacks. */
  function isReadable(file: ByteString): boolean {
    try {
      accessSync(bufferOf(file), constants.R_OK);
      return true;
    } catch {
      parts.say(`Warning: ${decodeText(file)} is not readable and will not be transferred.`);
      return false;
    }
  }

  async function sendFiles(transferred: TransferredAttempt): Promise<void> {
    const { attempt } = transferred;
    const { send = [], workdir = "" } = attempt.files ?? {};
    try {
      await base;
      transferred.sent = send.filter(isReadable);
      // Also without files: the working directory is then known to be in use.
      transferred.sentBytes = await transfers.send(transferred.sent, workdir);
    } catch (error) {
      return fail(transferred, error as Error);
    }
    if (attempts.get(attempt.id) !== transferred || transferred.isRevoked || transferred.isSignalled) {
      if (attempt.files?.cleanup) await transfers.remove(transferred.sent, workdir).catch(() => {});
    }
    if (attempts.get(attempt.id) !== transferred || transferred.isRevoked) return;
    if (transferred.isSignalled) return end(transferred, { exitCode: 0, signal: SIGTERM });
    transferred.phase = "running";
    launcher.start(attempt);
  }

  async function arrive(ended: AttemptEnd): Promise<void> {
    const transferred = attempts.get(ended.id);
    if (transferred === undefined || ended.lost !== undefined) {
      attempts.delete(ended.id);
      return parts.onEnd(ended);
    }
    transferred.phase = "fetching";
    const { files } = transferred.attempt;
    let returnedBytes = 0;
    let lost: Error | undefined;
    try {
      if (files !== undefined) returnedBytes = await bringBack(files, transferred.sent);
    } catch (error) {
      lost = error as Error;
    }
    if (!attempts.delete(ended.id)) return;
    const { sentBytes } = transferred;
    const carried = { ...(sentBytes > 0 && { sentBytes }), ...(returnedBytes > 0 && { returnedBytes }) };
    if (lost === undefined) return parts.onEnd({ ...ended, ...carried });
    complain(lost);
    parts.onEnd(asFailure({ ...ended, ...carried }, FAILED));
  }

  async function bringBack(files: AttemptFiles, sent: readonly ByteString[]): Promise<number> {
    const { cleanup, workdir } = files;
    const send = await others(sent, (file) => placeSent(file, workdir));
    const fetch = await others(files.fetch, (file) => placeReturned(file, workdir));
    let bytes = 0;
    if (fetch.length > 0) {
      const result = await transfers.fetch(fetch, workdir);
      bytes = result.bytes;
      for (const file of result.missing)
        parts.say(`Warning: ${decodeText(file)} is not there to be returned`);
    }
    if (cleanup) await transfers.remove([...send, ...fetch], workdir);
    if (files.isOwnWorkdir) await parts.removeDirectory(workdir);
    return bytes;
  }

  /** Without those that are the same file here and there: it is where it belongs, and is not ours to remove. */
  async function others(
    files: readonly ByteString[],
    place: (file: ByteString) => Placed | undefined,
  ): Promise<readonly ByteString[]> {
    const placed = files.flatMap((file) => {
      const where = place(file);
      return where === undefined ? [] : [{ ...where, file }];
    });
    return (await notTheSame(placed, parts.control)).map(({ file }) => file);
  }

  function fail(transferred: TransferredAttempt, error: Error): void {
    if (attempts.get(transferred.attempt.id) !== transferred || transferred.isRevoked) return;
    complain(error);
    end(transferred, { exitCode: FAILED, signal: 0 });
  }

  function complain(error: Error): void {
    parts.say(error.message);
    if (error instanceof YonderError && error.remedy !== undefined) parts.say(error.remedy);
  }

  function end({ attempt, startMs, sentBytes }: TransferredAttempt, exit: AttemptEnd["exit"]): void {
    attempts.delete(attempt.id);
    parts.onEnd({ id: attempt.id, exit, startMs, endMs: nowMs(), ...(sentBytes > 0 && { sentBytes }) });
  }

  function returned(id: number): void {
    attempts.delete(id);
    parts.onReturn(id);
  }

  return {
    start(attempt) {
      const transferred: TransferredAttempt = {
        attempt,
        startMs: nowMs(),
        phase: "sending",
        isRevoked: false,
        isSignalled: false,
        sent: [],
        sentBytes: 0,
      };
      attempts.set(attempt.id, transferred);
      void sendFiles(transferred);
    },
    signal(id, signal) {
      const transferred = attempts.get(id);
      if (transferred?.phase === "running") return launcher.signal(id, signal);
      if (transferred !== undefined) transferred.isSignalled = true;
      return transferred?.phase === "sending";
    },
    revoke(id) {
      const transferred = attempts.get(id);
      if (transferred?.phase !== "sending") return launcher.revoke(id);
      transferred.isRevoked = true;
      return attempts.delete(id);
    },
    pause: launcher.pause,
    shells: launcher.shells,
    lost(reason) {
      launcher.lost(reason);
      for (const { attempt, phase, startMs } of [...attempts.values()]) {
        attempts.delete(attempt.id);
        const gone = {
          id: attempt.id,
          exit: { exitCode: FAILED, signal: 0 },
          startMs,
          endMs: nowMs(),
          lost: reason,
        };
        parts.onEnd(phase === "sending" ? { ...gone, unstarted: true } : gone);
      }
    },
    async close() {
      if (parts.cleanup && parts.basefiles.length > 0) {
        const ours = await others(parts.basefiles, (file) => placeSent(file, parts.workdir)).catch(() => []);
        await transfers.remove(ours, parts.workdir).catch(() => {});
      }
      await launcher.close();
      transfers.close();
    },
  };
}

const SIGTERM = 15;
/** GNU parallel sees the exit status of ssh or rsync there. */
const FAILED = 255;
