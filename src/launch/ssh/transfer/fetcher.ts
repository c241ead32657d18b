import { BIG_BYTES, type Lane } from "./big.ts";
import { fetchBig } from "./big-download.ts";
import { downloads } from "./downloads.ts";
import type { Wanted } from "./fetch-script.ts";
import type { Site } from "./site.ts";

/** Brings what there is. Resolves with its bytes. */
export function fetcher(site: Site, bigLane: Lane): (wanted: Wanted) => Promise<number | "missing"> {
  const fetchSmall = downloads(site, BIG_BYTES);
  return async (wanted) => {
    const result = await fetchSmall(wanted);
    return result === "big" ? bigLane(() => fetchBig(site, wanted)) : result;
  };
}
