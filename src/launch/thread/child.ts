// A child process that runs calls which may crash, of a driver or of an agent. It ends with whoever has started it.
import { decode, encode } from "../../wire/codec.ts";
import { createHost } from "./host.ts";
import { markHost } from "./is-host.ts";
import type { ToHost } from "./protocol.ts";
import type { FromRawHost, ToRawHost } from "./raw.ts";

markHost();
const host = createHost((message) => {
  process.send!({ yonder: encode(message) } satisfies FromRawHost);
});
process.on("message", ({ body, constants }: ToRawHost) =>
  host.receive(decode(body, (number) => constants!.get(number)!) as ToHost),
);
process.on("disconnect", () => process.exit(0));
