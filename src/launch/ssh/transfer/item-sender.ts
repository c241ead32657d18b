import type { ByteString } from "../../../bytes/bytes.ts";
import { BIG_BYTES, type Lane } from "./big.ts";
import { sendBig } from "./big-upload.ts";
import { type Item, itemTarget } from "./local-items.ts";
import type { Site } from "./site.ts";
import { uploads } from "./uploads.ts";

/** Sends what several jobs ask for at the same time once. Resolves with the bytes that had to be sent. */
export function itemSender(site: Site, bigLane: Lane): (item: Item) => Promise<number> {
  const sendSmall = uploads(site);
  /** By where it goes. */
  const underWay = new Map<ByteString, { readonly source: string; readonly sent: Promise<number> }>();

  async function send(item: Item, after: Promise<number> | undefined): Promise<number> {
    // Of two different files for one place the one that was asked for last stays.
    await after?.catch(() => {});
    return item.size > BIG_BYTES ? bigLane(() => sendBig(site, item)) : sendSmall(item);
  }

  return async (item) => {
    if (item.type === "directory") return sendSmall(item);
    const target = itemTarget(item);
    const source = `${item.local}\0${item.state}`;
    const other = underWay.get(target);
    if (other?.source === source) return other.sent.then(() => 0);
    const entry = { source, sent: send(item, other?.sent) };
    underWay.set(target, entry);
    try {
      return await entry.sent;
    } finally {
      if (underWay.get(target) === entry) underWay.delete(target);
    }
  };
}
