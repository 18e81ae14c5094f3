// Where a reader of the live events stands: exactly the transactions it has seen, in whatever order they were committed.
//
// A transaction that began earlier may end later, so the greatest number that was seen says little. Between two
// snapshots of PostgreSQL, what became visible is what the first one had as not begun, or as still open; a cursor is
// that much of a snapshot. It costs the same however long a transaction stays open, and nobody has to remember rows.

export interface LiveCursor {
  /**
   * Every transaction below this one has ended and been seen, except `open`. It follows a transaction whose event was
   * seen, which is thus on the server's disk: after a crash the server reuses only numbers that are not below it.
   */
  below: bigint;
  /** Below it, and not ended when the cursor was made. */
  open: readonly bigint[];
}

/** A PostgreSQL snapshot: all below `xmin` have ended; `xmax` and above had not started; between them, `open` had. */
export interface Snapshot {
  xmin: bigint;
  xmax: bigint;
  open: readonly bigint[];
}

/** A server has some hundred connections, and a number has at most 19 digits. */
const cursorCharsMax = 8_192;
const xidMax = 2n ** 63n - 1n;
const shape = /^\d{1,19}(:\d{1,19}(,\d{1,19})*)?$/;

/** `1200:1100,1150`, as it is sent; clients return it unchanged. */
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

/** After everything in the snapshot that the cursor had not seen was read: the events of these transactions. */
export function movedOn(cursor: LiveCursor, snapshot: Snapshot, xids: readonly bigint[]): LiveCursor {
  const below = xids.reduce((most, xid) => (xid < most ? most : xid + 1n), cursor.below);
  return { below, open: snapshot.open.filter((xid) => xid < below) };
}
