import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type Line, parseLine } from "../transcripts/language.ts";
import { createMailbox, type MailboxEvent, stepMailbox } from "./mailbox.ts";
import { createGroup, type GroupEvent, type SupervisionPolicy, stepGroup } from "./supervision.ts";

/**
 * Each file under transcripts/ is a conversation: what happens, `----`, what is to be done. To record new answers:
 * UPDATE_TRANSCRIPTS=1 node --test src/core/actors/transcripts.test.ts, and read the diff.
 */
const folder = new URL("transcripts/", import.meta.url);

for (const name of readdirSync(folder)) {
  test(`transcript ${name}`, () => {
    const file = new URL(name, folder);
    const expected = readFileSync(file, "utf8");
    const played = expected.trim().split(/\n\n+/).map(play).join("\n\n") + "\n";
    if (process.env["UPDATE_TRANSCRIPTS"]) writeFileSync(file, played);
    else assert.equal(played, expected);
  });
}

/** An answer stands behind the question that it belongs to: `room 2  -> send 1,2`. */
function play(exchange: string): string {
  if (exchange.startsWith("#")) return exchange;
  const questions = exchange.split("\n----")[0]!.split("\n");
  const ask = asker(parseLine(questions[0]!));
  const answers = questions.slice(1).flatMap((question) => {
    const effects = ask(parseLine(question));
    return effects.length === 0 ? [] : [`${question}: ${effects.join("; ")}`];
  });
  return [...questions, "----", ...answers].join("\n");
}

function asker({ verb, values, named }: Line): (line: Line) => string[] {
  if (verb === "group") {
    const group = createGroup({
      strategy: values[0] as SupervisionPolicy["strategy"],
      intensity: Number(named.get("intensity") ?? 9),
      periodMs: Number(named.get("period") ?? 1000),
    });
    return (line) =>
      stepGroup(group, groupEvent(line)).map((effect) =>
        effect.type === "giveUp" ? "give-up" : `${effect.type} ${effect.member}`,
      );
  }
  const mailbox = createMailbox({
    sizeMax: Number(named.get("size") ?? 9),
    retries: Number(named.get("retries") ?? 0),
    logged: values.includes("logged"),
  });
  return (line) =>
    stepMailbox(mailbox, mailboxEvent(line)).map((effect) =>
      effect.type === "send" ? `send ${effect.calls}` : `${effect.type} ${effect.call}`,
    );
}

function groupEvent({ verb, values, named }: Line): GroupEvent {
  const member = Number(values[0]);
  if (verb !== "crashed") return { type: verb as "joined", member };
  return {
    type: verb,
    member,
    counts: !values.includes("innocent"),
    nowMs: Number(named.get("at") ?? 0),
  };
}

function mailboxEvent({ verb, values, named }: Line): MailboxEvent {
  const numbers = (text = ""): number[] => text.split(",").filter(Boolean).map(Number);
  const call = Number(values[0]);
  switch (verb) {
    case "made":
      return {
        type: verb,
        call,
        caller: Number(named.get("caller") ?? 0),
        ready: !values.includes("waits"),
      };
    case "up":
      return { type: verb, first: numbers(values[0]) };
    case "down":
      return { type: verb, begun: new Set(numbers(named.get("begun"))) };
    case "room":
      return { type: verb, calls: call };
    default:
      return { type: verb as "over", call };
  }
}
