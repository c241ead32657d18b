// What node runs on another machine: the agent itself, or, in a thread or process of its own, a host for calls.
import { isMainThread } from "node:worker_threads";

if (!isMainThread) await import("./thread.ts");
else if (process.channel != null) await import("../launch/thread/child.ts");
else {
  const { runAgent } = await import("./agent.ts");
  runAgent(process.argv.slice(2));
}
