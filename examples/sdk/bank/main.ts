// Moves money to and fro, and kills the processes of the accounts meanwhile: node examples/sdk/bank/main.ts [transfers]
//
// Accounts are durable actors: not a cent is lost, whichever process ends when. Kill this program too, and start it again.
import { setTimeout as sleep } from "node:timers/promises";
import { type ActorStub, connect } from "yonder-run";
import { Account, type Transfer } from "./account.ts";

const transfers = Number(process.argv[2] ?? 2000);
const NAMES = ["ada", "ben", "cleo", "dan"];
const CENTS_AT_FIRST = 100_000;
const CLERKS = 20;

await using y = await connect();
const accounts = new Map<string, ActorStub<InstanceType<typeof Account>>>();
for (const name of NAMES) {
  const options = { isolation: "process", restart: { intensity: 1000 }, durable: { every: 200 } } as const;
  accounts.set(
    name,
    await y.actor(Account, { ...options, name: `bank/${name}`, args: [name, CENTS_AT_FIRST] }),
  );
}
// What an earlier run was doing when it was killed.
const left = (await statements()).flatMap(({ underWay }) => underWay);
await Promise.all(left.map(deliver));
console.log(`open: ${left.length} transfers taken up`);

let done = 0;
let killed = 0;
await Promise.all(Array.from({ length: CLERKS }, () => work(transfers / CLERKS)));

const cents = (await statements()).reduce((sum, account) => sum + account.cents, 0);
const missing = NAMES.length * CENTS_AT_FIRST - cents;
console.log(`${done} transfers, ${killed} processes killed, ${missing} cents missing`);

async function work(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const [from, to] = [oneOf(NAMES), oneOf(NAMES)];
    const transfer = await accounts.get(from)!.withdraw(to, 1 + Math.floor(Math.random() * 5000));
    if (transfer !== undefined) await deliver(transfer);
    if (++done % 100 === 0) void kill();
  }
}

async function deliver(transfer: Transfer): Promise<void> {
  const [from] = transfer.id.split("-");
  await accounts.get(transfer.to)!.deposit(transfer);
  await accounts.get(from!)!.arrived(transfer);
  await accounts.get(transfer.to)!.forget(transfer);
}

function statements(): Promise<{ cents: number; underWay: Transfer[]; pid: number }[]> {
  return Promise.all([...accounts.values()].map((account) => account.statement()));
}

/** Ends the process of an account at some moment of the next transfers. */
async function kill(): Promise<void> {
  const { pid } = await accounts.get(oneOf(NAMES))!.statement();
  await sleep(Math.random() * 50);
  try {
    process.kill(pid, "SIGKILL");
    killed++;
  } catch {
    // Another one was at it.
  }
}

function oneOf(names: readonly string[]): string {
  return names[Math.floor(Math.random() * names.length)]!;
}
