import { checkAfterPowerFailure } from "./after-power-failure.ts";
import { bootOf } from "./boot.ts";
import type { Core } from "./core.ts";
import { openDatabase } from "./database.ts";
import { placesOf } from "./places.ts";
import { openReaders } from "./readers.ts";
import { rebuildIndex } from "./rebuild.ts";
import { openSession, type Session } from "./session.ts";
import { removeAbandoned } from "./temporary.ts";
import { groupWriter, transact } from "./writer.ts";

/** Makes the store where there is none, and repairs what a crash has left. */
export async function openCore(directory: string): Promise<Core> {
  const places = placesOf(directory);
  const db = openDatabase(places);
  let session: Session | undefined;
  try {
    session = openSession(places);
    const core: Core = {
      places,
      db,
      session,
      readers: openReaders(db, places),
      write: groupWriter(db, places, session),
    };
    await makeReady(core);
    return core;
  } catch (error) {
    session?.close();
    db.close();
    throw error;
  }
}

export async function closeCore(core: Core): Promise<void> {
  await core.readers.close();
  core.session.close();
  core.db.close();
}

async function makeReady(core: Core): Promise<void> {
  removeAbandoned(core.places, Date.now());
  const boot = bootOf();
  const known = core.db.get("select value from meta where name = 'boot'")?.["value"];
  if (known === boot) return;
  await transact(core.db, core.places, core.session, (transaction) => {
    // Of processes that open at the same moment, one does it.
    const now = core.db.get("select value from meta where name = 'boot'")?.["value"];
    if (now === boot) return;
    if (now === undefined) rebuildIndex(core.places, transaction);
    else checkAfterPowerFailure(core.places, transaction);
    core.db.run("insert or replace into meta values ('boot', ?)", boot);
  });
}
