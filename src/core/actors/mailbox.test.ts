import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMailbox, type MailboxEvent, stepMailbox } from "./mailbox.ts";

/** What an actor and its callers may do, by chance. */
const actions = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant("make"), caller: fc.nat(2), ready: fc.boolean() }),
    fc.record({ type: fc.constantFrom("ready", "withdraw"), pick: fc.nat() }),
    fc.record({ type: fc.constant("room"), calls: fc.nat(4) }),
    fc.record({ type: fc.constant("end") }),
    fc.record({ type: fc.constant("crash"), begun: fc.nat(3) }),
    fc.record({ type: fc.constant("up") }),
  ),
  { maxLength: 80 },
);

for (const logged of [false, true]) {
  test(`each caller's calls begin in their order, each once unless the actor crashes (${logged ? "logged" : "not logged"})`, () => {
    fc.assert(
      fc.property(actions, (steps) => {
        const mailbox = createMailbox({ sizeMax: 1000, retries: 1, logged });
        /** As an actor sees them: logged calls in the order in which they were first sent. */
        const log: number[] = [];
        const callers = new Map<number, number>();
        const waiting = new Set<number>();
        const over = new Set<number>();
        const inHost: number[] = [];
        const times = new Map<number, number>();
        /** The highest call of each caller that was sent since the instance began. */
        let latest = new Map<number, number>();
        let made = 0;
        let isUp = false;
        const tell = (event: MailboxEvent): void => {
          for (const effect of stepMailbox(mailbox, event)) {
            if (effect.type === "lose") over.add(effect.call);
            if (effect.type !== "send") continue;
            assert.ok(isUp, "sent to an actor that is down");
            for (const call of effect.calls) {
              const caller = callers.get(call)!;
              assert.ok(!waiting.has(call), `${call} was sent without an argument`);
              assert.ok(call > (latest.get(caller) ?? 0), `${call} of ${caller} was sent out of order`);
              assert.ok(!inHost.includes(call) && (logged || !over.has(call)), `${call} was sent twice`);
              latest.set(caller, call);
              inHost.push(call);
              times.set(call, (times.get(call) ?? 0) + 1);
              if (logged && !log.includes(call)) log.push(call);
            }
          }
        };
        const finish = (call: number): void => {
          over.add(call);
          tell({ type: "over", call });
        };
        for (const step of steps) {
          if (step.type === "make" && "caller" in step) {
            callers.set(++made, step.caller);
            if (!step.ready) waiting.add(made);
            tell({ type: "made", call: made, caller: step.caller, ready: step.ready });
          } else if ("pick" in step && waiting.size > 0) {
            const call = [...waiting][step.pick % waiting.size]!;
            waiting.delete(call);
            if (step.type === "ready") tell({ type: "ready", call });
            else finish(call);
          } else if (step.type === "room" && "calls" in step) tell(step as MailboxEvent);
          else if (step.type === "end" && inHost.length > 0) finish(inHost.shift()!);
          else if (step.type === "crash" && "begun" in step && isUp) {
            isUp = false;
            tell({ type: "down", begun: new Set(inHost.splice(0).slice(0, step.begun)) });
          } else if (step.type === "up" && !isUp) {
            isUp = true;
            latest = new Map();
            tell({ type: "up", first: log });
          }
        }
        // In the end everything is sent, or was lost or withdrawn.
        for (const call of [...waiting]) tell({ type: "ready", call });
        waiting.clear();
        if (!isUp) {
          isUp = true;
          latest = new Map();
          tell({ type: "up", first: log });
        }
        tell({ type: "room", calls: 1000 });
        for (const call of inHost.splice(0)) finish(call);
        assert.equal(over.size, made);
        assert.equal(mailbox.callers.size, 0);
      }),
      { numRuns: 2000 },
    );
  });
}
