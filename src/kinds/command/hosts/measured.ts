import type { Attributes, AttributeValue } from "../../../hosts/attributes.ts";
import type { HostFacts } from "../../../launch/ssh/facts/facts.ts";

/** What --where can ask of a host that nobody has said: sizes in bytes. What the host does not tell is missing. */
export function measuredAttributes(facts: HostFacts): Attributes {
  const all: readonly (readonly [string, AttributeValue | undefined])[] = [
    ["hostname", facts.hostname],
    ["user", facts.user],
    ["os", facts.os],
    ["arch", facts.arch],
    ["cores", facts.cpus.threads],
    ["memory", facts.memory.totalBytes],
    ["free", facts.memory.availableBytes],
    ["disk", facts.homeDisk?.freeBytes],
    ["tmp", facts.tmpDisk?.freeBytes],
    ["load", facts.loadAverage],
    ...Object.keys(facts.tools).map((tool) => [tool, true] as const),
  ];
  return new Map(all.filter((pair): pair is [string, AttributeValue] => pair[1] !== undefined));
}
