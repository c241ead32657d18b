export const SCHEMA_VERSION = 1;

/**
 * `blocks.place` is a pack's id, or minus an object's. Times are milliseconds since the epoch.
 *
 * Always: a row of `blocks` or `objects` means that the bytes are there. Files are made before their rows, and removed
 * after them.
 *
 * SQLite does not see that a byte of a row is another. Of blocks their CIDs tell; what must not be believed otherwise has a
 * checksum: see row-seal.ts.
 */
export const SCHEMA = `
create table if not exists main.blocks (
  cid text primary key, place integer not null, offset integer not null, length integer not null,
  fresh integer not null
) without rowid;

create table if not exists main.objects (
  id integer primary key autoincrement, cid text not null unique, size integer not null,
  synced integer not null default 0, seen text
);

-- Of a pack's file, \`length\` bytes count; \`synced\` of them survive a power failure.
create table if not exists main.packs (
  id integer primary key autoincrement, length integer not null, synced integer not null, sealed integer not null default 0
);

-- What was found damaged, until it is put again.
create table if not exists main.damaged (cid text primary key, place text not null) without rowid;

-- Files by their inode, and directories with what was in them.
create table if not exists main.files (
  dev text not null, ino text not null, profile text not null, stat text not null,
  cid text not null, size integer not null, dag_size integer not null, used integer not null,
  primary key (dev, ino, profile)
) without rowid;
create table if not exists main.listings (
  dev text not null, ino text not null, profile text not null, content text not null, used integer not null,
  primary key (dev, ino, profile)
) without rowid;

create table if not exists main.meta (name text primary key, value text not null) without rowid;

create table if not exists roots.pins (
  cid text primary key, reason text not null, since integer not null, crc text
) without rowid;
create table if not exists roots.names (
  name text primary key, cid text not null, since integer not null, crc text
) without rowid;
create table if not exists roots.holds (id integer primary key autoincrement, session text not null, cid text not null);

create table if not exists actions.actions (
  key text primary key, value blob not null, outputs text not null, fresh integer not null
) without rowid;
`;
