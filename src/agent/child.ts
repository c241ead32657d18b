// A child process of an agent, for calls that may crash. It ends with the agent.
import { createHost } from "../launch/thread/host.ts";
import { markHost } from "../launch/thread/is-host.ts";
import type { ToHost } from "../launch/thread/protocol.ts";
import { decode, encode } from "../wire/codec.ts";
import type { FromRawHost, ToRawHost } from "./hosts.ts";

markHost();
const host = createHost((message) => {
  process.send!({ yonder: encode(message) } satisfies FromRawHost);
});
process.on("message", ({ body, constants }: ToRawHost) =>
  host.receive(decode(body, (number) => constants.get(number)!) as ToHost),
);
process.on("disconnect", () => process.exit(0));
