import type { OptionRow } from "./row.ts";

export const semaphoreRows: readonly OptionRow[] = [
  {
    name: "semaphore",
    status: "supported",
    topic: "semaphore",
    help: "Run one command when fewer than --jobs of the same name run; what `sem` does",
  },
  {
    name: "semaphore-name",
    aliases: ["semaphorename", "id"],
    value: "string",
    valueName: "NAME",
    status: "supported",
    topic: "semaphore",
    help: "The name of the semaphore (the default is the terminal)",
  },
  {
    name: "semaphore-timeout",
    aliases: ["semaphoretimeout", "st"],
    value: "string",
    valueName: "TIME",
    status: "supported",
    topic: "semaphore",
    help: "After TIME run anyway; after -TIME give up",
  },
  {
    name: "fg",
    status: "supported",
    topic: "semaphore",
    help: "Wait for the command and return its exit status",
  },
  {
    name: "bg",
    status: "supported",
    topic: "semaphore",
    help: "Return when the command has started (the default)",
  },
  {
    name: "wait",
    status: "supported",
    topic: "semaphore",
    help: "Wait until all commands of the semaphore have ended",
  },
];
