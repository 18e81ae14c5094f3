// The position of a reader of the live events: exactly the transactions that it has seen, in whatever order they were
// committed.
//
// A transaction that began earlier may end later, so the greatest number seen is not enough. What became visible
// between two PostgreSQL snapshots are the transactions that had not begun, or were still open, in the first one. A
// cursor is that part of a snapshot. Its cost does not grow with the time for which a transaction stays open, and no
// rows have to be remembered.

export interface LiveCursor {
  /**
   * All transactions below this number have ended and been seen, except those in `open`. The number comes right after a
   * transaction whose event was seen and which is therefore on the server's disk: after a crash, the server reuses only
   * numbers from here on.
   */
  below: bigint;
  /** Transactions below that number that had not ended when the cursor was made. */
  open: readonly bigint[];
}

/** A PostgreSQL snapshot: all below `xmin` have ended; `xmax` and above had not started; between them, `open` had. */
export interface Snapshot {
  xmin: bigint;
  xmax: bigint;
  open: readonly bigint[];
}

/** The largest cursor text: a server has some hundred connections, and a number has at most 19 digits. */
const cursorCharsMax = 8_192;
const xidMax = 2n ** 63n - 1n;
const shape = /^\d{1,19}(:\d{1,19}(,\d{1,19})*)?$/;

/** The cursor as it is sent, such as `1200:1100,1150`; clients return it unchanged. */
export function formatCursor({ below, open }: LiveCursor): string {
  return open.length === 0 ? `${below}` : `${below}:${open.join(',')}`;
}

/** Null if it is not one of our cursors. */
export function parseCursor(text: string): LiveCursor | null {
  if (text.length > cursorCharsMax || !shape.test(text)) return null;
  const [below = '', open = ''] = text.split(':');
  const cursor = { below: BigInt(below), open: open === '' ? [] : open.split(',').map(BigInt) };
  const isPossible = cursor.below <= xidMax && cursor.open.every((xid) => xid < cursor.below);
  return isPossible ? cursor : null;
}

/** `text`: the result of `pg_current_snapshot()`: `xmin:xmax:xid,xid`. */
export function parseSnapshot(text: string): Snapshot {
  const [xmin = '', xmax = '', open = ''] = text.split(':');
  return { xmin: BigInt(xmin), xmax: BigInt(xmax), open: open === '' ? [] : open.split(',').map(BigInt) };
}

export function hasSeen({ below, open }: LiveCursor, xid: bigint): boolean {
  return xid < below && !open.includes(xid);
}

/**
 * The cursor after everything in the snapshot that it had not seen was read; `xids` are the transactions of those
 * events.
 */
export function movedOn(cursor: LiveCursor, snapshot: Snapshot, xids: readonly bigint[]): LiveCursor {
  const below = xids.reduce((most, xid) => (xid < most ? most : xid + 1n), cursor.below);
  return { below, open: snapshot.open.filter((xid) => xid < below) };
}
