import { availableParallelism, totalmem } from "node:os";
import { createObservers, type JobObserver } from "../driver/observers.ts";
import type { TaskFunction } from "../function/mark.ts";
import { checkOptions, type TaskOptions } from "../function/options.ts";
import { YonderError } from "../interface/errors.ts";
import { inputsOf, shared } from "../kinds/function/arguments.ts";
import { type Call, type CallTask, createCall } from "../kinds/function/call.ts";
import { functionTable } from "../kinds/function/function-table.ts";
import { noneLeft } from "../kinds/function/no-places.ts";
import { placesHere } from "../kinds/function/places.ts";
import { callOfRef, Ref, valuesOfRefs } from "../kinds/function/ref.ts";
import { resourceTable } from "../kinds/function/task-class.ts";
import type { CallLauncherOptions } from "../launch/thread/launcher.ts";
import { asCalled, thrownBy } from "../stacks/as-called.ts";
import { type CallSite, callSite } from "../stacks/call-site.ts";
import { type Actors, createActors } from "./actors/actors.ts";
import { type ConnectOptions, checkConnectOptions } from "./connect-options.ts";
import { type Inside, lookInside } from "./inside/inside.ts";
import type { Machines } from "./machines/machines.ts";
import { type MapOptions, mapCalls } from "./map.ts";
import { lazyMemo } from "./memo/lazy-memo.ts";
import type { SessionMemo } from "./memo/session-memo.ts";
import { createSession, type Session } from "./session.ts";
import { showOutput } from "./show-output.ts";
import { taskStream } from "./task-stream.ts";
import { keepValues, type Values } from "./values.ts";
import { waitForRefs } from "./wait.ts";
import type { Caller, Yonder } from "./yonder.ts";

const SILENCE_MS_DEFAULT = 15_000;

/** All that `connect` does, and brings: see there. */
export async function openYonder(target: string | ConnectOptions, more: ConnectOptions): Promise<Yonder> {
  const options = typeof target === "string" ? more : { ...target, ...more };
  checkConnectOptions(options);
  const { graceMs = 500, threadMemoryBytes } = options;
  const observers = createObservers<CallTask>();
  observers.add(showOutput((stream, text) => (stream === 1 ? process.stdout : process.stderr).write(text)));
  const machines = typeof target === "string" ? await machinesOf(target, options, observers) : undefined;
  const places = machines?.places ?? placesHere(options.threads ?? availableParallelism(), totalmem());
  const resources = resourceTable(
    places.all.map(({ threads, memoryBytes }) => ({ cpus: threads, memoryBytes })),
    options.resources,
  );
  const hosts: CallLauncherOptions = {
    ...(threadMemoryBytes !== undefined && { heapBytesMax: threadMemoryBytes }),
    ...(machines !== undefined && { openRemote: machines.openRemote }),
  };
  const values = keepValues({
    bytesMax: options.valuesBytesMax ?? totalmem() / 2,
    openStore: async () => {
      const [{ fsStore }, { storeDirectory }] = await Promise.all([
        import("../store/fs/fs-store.ts"),
        import("../store/fs/places.ts"),
      ]);
      return fsStore(storeDirectory(process.env));
    },
    runAgain: (call) => again(session, call),
  });
  const session: Session = createSession({
    places,
    roundTripMs: machines?.roundTripMs ?? 0,
    resources,
    graceMs,
    hosts,
    observer: observers,
    onValue: values.keep,
  });
  machines?.onLost(() => {
    session.placesChanged();
    // Behind what its running tasks are told.
    if (places.all.every(({ isLost }) => isLost)) queueMicrotask(() => session.fail(noneLeft(places.all)));
  });
  try {
    const inside = await lookInside(session, observers, resources.names, options);
    const actors = createActors({ session, observer: observers, places, graceMs, hosts });
    const memo = lazyMemo(async () => {
      const { createSessionMemo } = await import("./memo/session-memo.ts");
      return createSessionMemo(session, observers, warn);
    });
    return createYonder({ session, actors, inside, values, memo, machines });
  } catch (error) {
    await session.close();
    await machines?.close();
    throw error;
  }
}

function warn(line: string): void {
  process.stderr.write(`yonder: Warning: ${line}\n`);
}

/** Runs the task of a call once more, as another task. */
function again(session: Session, { fn, options, class: number, args, inputs }: Call): Promise<unknown> {
  const call = session.create({ fn, options, class: number, args, inputs });
  session.add(call);
  return new Ref(call).then();
}

/** They bring what other programs do not need. */
async function machinesOf(
  target: string,
  options: ConnectOptions,
  observer: JobObserver<CallTask>,
): Promise<Machines> {
  const [{ parseTargets }, { openMachines }] = await Promise.all([
    import("./machines/target.ts"),
    import("./machines/machines.ts"),
  ]);
  const { threads, threadMemoryBytes, ssh = ["ssh"], bringNode = false, files = [] } = options;
  return openMachines(parseTargets(target), {
    threads,
    heapBytesMax: threadMemoryBytes,
    ssh,
    bringNode,
    files,
    silenceMs: options.silenceMs ?? SILENCE_MS_DEFAULT,
    warn,
    onOutput: (text) => observer.output(undefined, 2, text),
  });
}

interface YonderParts {
  readonly session: Session;
  readonly actors: Actors;
  readonly inside: Inside;
  readonly values: Values;
  readonly memo: SessionMemo;
  readonly machines: Machines | undefined;
}

function createYonder({ session, actors, inside, values, memo, machines }: YonderParts): Yonder {
  const functions = functionTable((found) => session.provided(found));
  const keys = new Map<string, Call>();

  function submit(
    fn: TaskFunction,
    args: readonly unknown[],
    own: TaskOptions | undefined,
    site: CallSite | undefined,
    onItems?: Call["onItems"],
  ): Call {
    if (session.isClosed) {
      throw new YonderError("CLOSED", { message: "the job is closed", remedy: "connect() once more" });
    }
    const known = functions.of(fn);
    const options = own === undefined ? known.options : { ...known.options, ...own };
    const { key } = options;
    const isMemoized = options.memo !== undefined && options.memo !== false;
    if (known.isGenerator) {
      const oneValued = isMemoized
        ? "memo"
        : key !== undefined
          ? "key"
          : onItems === undefined
            ? "map"
            : undefined;
      if (oneValued !== undefined) throw notOneValue(known.name, oneValued);
    }
    const earlier = key === undefined ? undefined : keys.get(key);
    if (earlier !== undefined) return earlier;
    known.class ??= session.classOf(known.options);
    const inputs = inputsOf(args);
    const call = session.create({
      fn: known,
      options,
      class: own === undefined ? known.class : session.classOf(options),
      args,
      inputs: known.found === undefined ? inputs : [known.found, ...(inputs ?? [])],
      onItems,
      site,
      doer: isMemoized ? memo : undefined,
    });
    if (key !== undefined) keys.set(key, call);
    session.add(call);
    if (isMemoized && call.missing === 0 && call.error === undefined) memo.ready(call);
    return call;
  }

  function run(
    own: TaskOptions | undefined,
    fn: TaskFunction,
    args: readonly unknown[],
    site: CallSite | undefined,
  ): unknown {
    if (!functions.of(fn).isGenerator) return new Ref(submit(fn, args, own, site));
    return taskStream((onItems) => submit(fn, args, own, site, onItems), session.credit, session.cancel);
  }

  function map(
    own: TaskOptions | undefined,
    fn: TaskFunction,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    { args = [], ordered, window, ...more }: MapOptions & TaskOptions & { args?: readonly unknown[] },
    site: CallSite | undefined,
  ): AsyncIterableIterator<unknown> {
    checkOptions(more);
    const options = Object.keys(more).length > 0 ? { ...own, ...more } : own;
    return mapCalls(
      items,
      { submit: (item) => submit(fn, [item, ...args], options, undefined), cancel: session.cancel, site },
      { ...(ordered !== undefined && { ordered }), ...(window !== undefined && { window }) },
    );
  }

  function caller(own: TaskOptions | undefined): Caller {
    const api = {
      run(fn: TaskFunction, ...args: unknown[]) {
        try {
          return run(own, fn, args, callSite(api.run));
        } catch (error) {
          throw thrownBy(api.run, error);
        }
      },
      map(fn: TaskFunction, items: Iterable<unknown>, options: object = {}) {
        try {
          return map(own, fn, items, options, callSite(api.map));
        } catch (error) {
          throw thrownBy(api.map, error);
        }
      },
    };
    return api as unknown as Caller;
  }

  const close: Yonder["close"] = async (how = {}) => {
    try {
      const summary = await inside.close(how.cancel ? "cancel" : "drain");
      return { ...summary, reused: memo.reused };
    } finally {
      await memo.close();
      await actors.close();
      await machines?.close();
      await values.close();
    }
  };
  const all: Omit<Yonder, keyof Caller> = {
    with(options) {
      checkOptions(options);
      return caller(options);
    },
    put(value) {
      const call = valueCall(value);
      values.keep(call);
      return new Ref(call);
    },
    get: valuesOfRefs,
    wait: waitForRefs,
    cancel: (ref) => session.cancel(callOfRef(ref)),
    actor: actors.actor,
    supervisor: actors.supervisor,
    stop: actors.stop,
    checkpoint: actors.checkpoint,
    id: inside.id,
    explain: (ref) => inside.explain(callOfRef(ref)),
    on: inside.on,
    close,
    [Symbol.asyncDispose]: async () => void (await close()),
  };
  return { ...caller(undefined), ...asCalled(all) };
}

function valueCall(value: unknown): Call {
  const call = createCall({ args: [] });
  call.value = shared(value);
  call.shared = call as { readonly value: unknown };
  call.state = "succeeded";
  return call;
}

function notOneValue(name: string, what: "memo" | "key" | "map"): YonderError {
  return new YonderError("USAGE", {
    message: `${name} is a generator, and ${what} is for functions that give one value`,
    remedy: `${what === "map" ? "run it" : `leave out ${what}`}, or give the items as an array`,
  });
}
