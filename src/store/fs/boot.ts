import { ownIdentity } from "../../journal/identity.ts";

/** Names the time since the machine was started: what is not on the disk yet may be lost when it changes. */
export function bootOf(): string {
  return ownIdentity().boot.split("+")[0]!;
}
