import type { Launcher } from "../../../interface/launcher.ts";
import type { Host } from "../../../options/values.ts";

export type PlaceState =
  | "connecting"
  | "up"
  /** It never answered. */
  | "unreachable"
  /** It did, and has gone since; it is tried again. */
  | "lost"
  /** It is not among the hosts of the job any more: what runs there may end. */
  | "left";

/** A host of a job. */
export interface Place {
  /** 1-based, in the order in which hosts were named. */
  readonly number: number;
  readonly host: Host;
  readonly state: PlaceState;
  /** What 100% of --jobs is there; 0 unless it is up. */
  cpus(): number;
  /** 0 unless it is up. */
  slots(): number;
  /** Why it has no slots to give though it is up. */
  reason(): string | undefined;
  /** How fast it is beside the others. */
  weight(): number;
  readonly launcher: Launcher | undefined;
  /** Resolves when it is known whether the host answers. */
  readonly contacted: Promise<void>;
  leave(): void;
  close(): Promise<void>;
}
