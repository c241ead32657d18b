import type { Control } from "../control.ts";
import { CONTACT_GROUPS, type FactGroup, type HostFacts } from "./facts.ts";
import { factsScript } from "./facts-script.ts";
import { parseFacts } from "./parse-facts.ts";

/** What runs shell source on a machine and says what it printed: a connection does. */
export interface Asked {
  readonly control: Pick<Control, "run">;
}

/**
 * Asks a host in one round trip.
 *
 * @param groups what to ask: unless told, what is cheap
 * @throws YonderError HOST where the connection ends first
 */
export async function measureFacts(
  { control }: Asked,
  groups: readonly FactGroup[] = CONTACT_GROUPS,
): Promise<HostFacts> {
  const sentMs = Date.now();
  const { output } = await control.run(factsScript(groups));
  return parseFacts(output, { sentMs, receivedMs: Date.now() });
}
