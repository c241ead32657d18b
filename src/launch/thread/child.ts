// What a child process of yonder runs, for calls that may crash. It ends with its driver.
import { createHost } from "./host.ts";
import { markHost } from "./is-host.ts";
import type { ToHost } from "./protocol.ts";

markHost();
const host = createHost((message) => process.send!(message));
process.on("message", (message: ToHost) => host.receive(message));
process.on("disconnect", () => process.exit(0));
