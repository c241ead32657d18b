import type { Launcher } from "../../../interface/launcher.ts";
import type { Host } from "../../../options/values.ts";
import type { Place, PlaceState } from "./place.ts";
import type { Watch } from "./watch.ts";

export interface LocalPlaceParts {
  readonly number: number;
  readonly host: Host;
  readonly launcher: Launcher;
  readonly cpus: number;
  slots(): number;
  readonly watch: Watch;
  /** Whether it is to be used. */
  readonly chosen: Promise<boolean>;
  onChange(): void;
}

/** This machine, as a host among others. */
export function localPlace(parts: LocalPlaceParts): Place {
  const { launcher, watch } = parts;
  let state: PlaceState = "connecting";
  const contacted = parts.chosen.then((isChosen) => {
    if (state === "connecting") state = isChosen ? "up" : "left";
    parts.onChange();
  });
  return {
    number: parts.number,
    host: parts.host,
    get state() {
      return state;
    },
    contacted,
    cpus: () => parts.cpus,
    slots: () => (state === "up" && watch.reason === undefined ? parts.slots() : 0),
    reason: () => watch.reason,
    weight: () => 1,
    launcher,
    leave() {
      state = "left";
    },
    async close() {
      watch.stop();
      await launcher.close();
    },
  };
}
