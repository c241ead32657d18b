// A program with a durable actor, for tests that end it. Adds 1, 2, 3 … and prints each result.
import { connect } from "../../connect.ts";
import { Counter } from "../../testing/actors.ts";

const [directory = "", to = "0"] = process.argv.slice(2);
const y = await connect({ threads: 1, journal: false, progress: false });
const counter = await y.actor(Counter, { name: "sum", durable: { directory, every: 7 } });
const done = await counter.all();
process.stdout.write(`start ${done.length}\n`);
for (let k = done.length + 1; k <= Number(to); k++) {
  void counter.add(k).then((sum) => process.stdout.write(`${k} ${sum}\n`));
  if (k % 10 === 0) await counter.addSlowly(0, 1);
}
await y.close();
