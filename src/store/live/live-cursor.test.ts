import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCursor, hasSeen, movedOn, parseCursor, parseSnapshot } from './live-cursor.ts';

test('a cursor that is read again equals the original', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.array(fc.nat()), (below, open) => {
      const cursor = { below, open: open.map(BigInt).filter((xid) => xid < below) };
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
    }),
  );
});

test.each([
  '',
  'now',
  '-1',
  '12:',
  '12:,',
  '12:12',
  '12:3,4,',
  '1.5',
  ' 12',
  '9223372036854775808',
  '99999999999999999999',
  "1' or 1=1",
  `9999:${'1,'.repeat(5_000)}1`,
])('R-SEC-3: an invalid cursor is refused: %s', (text) => {
  expect(parseCursor(text)).toBeNull();
});

test('a cursor moves no further than the newest transaction whose event it has seen', () => {
  const snapshot = parseSnapshot('90:120:90,104,117');
  expect(snapshot).toEqual({ xmin: 90n, xmax: 120n, open: [90n, 104n, 117n] });
  const at = { below: 100n, open: [90n, 95n] };
  const moved = movedOn(at, snapshot, [95n, 110n, 101n]);
  expect(moved).toEqual({ below: 111n, open: [90n, 104n] });
  expect([90n, 95n, 104n, 110n, 111n].map((xid) => hasSeen(moved, xid))).toEqual([
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(movedOn(at, snapshot, [])).toEqual({ below: 100n, open: [90n] });
});
