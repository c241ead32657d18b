import type { Database } from "./database.ts";
import type { Places } from "./places.ts";
import type { Readers } from "./readers.ts";
import type { Session } from "./session.ts";
import type { Write } from "./writer.ts";

/** What the parts of an open store share. */
export interface Core {
  readonly places: Places;
  readonly db: Database;
  readonly session: Session;
  readonly readers: Readers;
  readonly write: Write;
}
