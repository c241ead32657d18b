import type { Cid } from "../interface/store.ts";
import { cborLinks } from "./cbor-links.ts";
import { codecOf } from "./cid.ts";
import { decodeNode } from "./unixfs/dag-pb.ts";

/** The CIDs that a block links to, in their order, each as often as it is there. @throws YonderError INPUT */
export function linksOf(cid: Cid, bytes: Uint8Array): Cid[] {
  switch (codecOf(cid)) {
    case "raw":
      return [];
    case "dag-pb":
      return decodeNode(bytes).links.map((link) => link.cid);
    case "dag-cbor":
      return cborLinks(bytes);
  }
}
