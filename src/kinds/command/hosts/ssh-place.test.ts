import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { Host } from "../../../options/values.ts";
import type { Place } from "./place.ts";
import type { Reach, ReachedHost } from "./reached-host.ts";
import { sshPlace } from "./ssh-place.ts";

interface Contact {
  readonly how: Reach;
  answer(): Promise<void>;
  fail(): Promise<void>;
}

/** A host each of whose contacts the test decides. */
function bench(isObedient = true): { place: Place; contacts: Contact[]; told: string[] } {
  const contacts: Contact[] = [];
  const told: string[] = [];
  const reach = (how: Reach): Promise<ReachedHost> => {
    const { promise, resolve, reject } = Promise.withResolvers<ReachedHost>();
    const name = `contact ${contacts.length}`;
    const fail = (): void => reject(new Error("no answer"));
    if (isObedient) how.signal.addEventListener("abort", fail);
    contacts.push({
      how,
      async answer() {
        resolve(reached(name, told));
        await turn();
      },
      async fail() {
        fail();
        await turn();
      },
    });
    return promise;
  };
  const place = sshPlace(1, { login: "alice" } as Host, reach, {
    onChange: ({ state }) => void told.push(state),
    onUnreachable: (_, { message }) => void told.push(`named: ${message}`),
    onLost: (_, reason) => void told.push(`warned: ${reason}`),
    onBack: () => void told.push("is back"),
  });
  return { place, contacts, told };
}

function reached(name: string, told: string[]): ReachedHost {
  return {
    cpus: 4,
    slots: () => 4,
    weight: () => 1,
    reason: () => undefined,
    stop() {},
    launcher: { lost: (reason) => void told.push(`attempts: ${reason}`), close: async () => {} },
    connection: { close: async () => void told.push(`${name} closed`) },
  } as ReachedHost;
}

test("a host answers, is lost, and comes back", async () => {
  const { place, contacts, told } = bench();
  await turn();
  assert.deepEqual([place.state, place.slots()], ["connecting", 0]);
  await contacts[0]!.answer();
  assert.deepEqual([place.state, place.slots()], ["up", 4]);
  contacts[0]!.how.onLost("gone");
  assert.deepEqual([place.slots(), place.launcher], [0, undefined]);
  while (contacts.length === 1) await sleep(20);
  await contacts[1]!.answer();
  assert.deepEqual(told, ["up", "lost", "warned: gone", "attempts: gone", "up", "is back"]);
  await place.close();
});

test("a connection that goes before all is ready is a contact that has failed, once", async () => {
  const { place, contacts, told } = bench();
  await turn();
  contacts[0]!.how.onLost("gone");
  await contacts[0]!.fail();
  await place.contacted;
  assert.deepEqual(told, ["unreachable", "named: no answer"]);
  await sleep(1100);
  assert.equal(contacts.length, 1, "one that never answered is not tried again");
});

test("one that goes while it is handed over is not taken for one that is there", async () => {
  const { place, contacts, told } = bench();
  await turn();
  contacts[0]!.how.onLost("gone");
  await contacts[0]!.answer();
  await place.contacted;
  assert.deepEqual(told, ["contact 0 closed", "unreachable", "named: alice: gone"]);
});

test("whoever closes waits for no answer", async () => {
  const { place, contacts, told } = bench();
  await turn();
  await place.close();
  assert.ok(contacts[0]!.how.signal.aborted);
  assert.deepEqual(told, [], "nobody is told of a host that nobody waited for");
});

test("a host that comes back when all is over is closed", async () => {
  const { place, contacts, told } = bench(false);
  await turn();
  await contacts[0]!.answer();
  contacts[0]!.how.onLost("gone");
  while (contacts.length === 1) await sleep(20);
  told.length = 0;
  const closing = place.close();
  await contacts[1]!.answer();
  await closing;
  assert.deepEqual(told, ["contact 1 closed"]);
});
