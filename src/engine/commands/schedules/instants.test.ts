import { expect, test } from 'vitest';
import { missedCountMax, nextInstants, readInstants, readInstantsFrom } from './instants.ts';

const at = (text: string) => new Date(`${text}Z`);
const after = (cron: string, zone: string, from: string, count = 3) =>
  nextInstants(readInstants(cron, zone), at(from), count).map((each) => each.toISOString().slice(0, 16));

test('a time of the day that the clocks skip is due once, when the hour has passed', () => {
  expect(after('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00')).toEqual([
    '2026-03-28T01:30',
    '2026-03-29T01:00',
    '2026-03-30T00:30',
  ]);
  expect(after('30 0 * * *', 'Africa/Cairo', '2026-04-23T00:00', 2)).toEqual([
    '2026-04-23T22:00',
    '2026-04-24T21:30',
  ]);
});

test('a time of the day that the clocks repeat is due once', () => {
  for (const cron of ['30 2 * * *', '30 2,14 * * *', '30 */2 * * *', '*/30 2 * * *', '30 1-3 * * *']) {
    const wall = new Intl.DateTimeFormat('en', {
      timeZone: 'Europe/Berlin',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    const seen = nextInstants(readInstants(cron, 'Europe/Berlin'), at('2026-10-24T12:00'), 30).map((each) =>
      wall.format(each),
    );
    expect(new Set(seen).size, cron).toBe(seen.length);
    expect(seen, cron).toContain('10/25/26, 2:30 AM');
  }
  expect(after('45 1 * * *', 'Australia/Lord_Howe', '2026-04-03T15:00', 2)).toHaveLength(2);
});

test('every time of the day of a stepped hour is due on the day of the change, too', () => {
  expect(after('0 */2 * * *', 'Europe/Berlin', '2026-03-28T23:30', 3)).toEqual([
    '2026-03-29T01:00',
    '2026-03-29T02:00',
    '2026-03-29T04:00',
  ]);
});

test('a job of every hour is due every hour, whatever the clocks do', () => {
  for (const from of ['2026-10-24T22:30', '2026-03-28T22:30']) {
    const found = nextInstants(readInstants('0 * * * *', 'Europe/Berlin'), at(from), 8);
    const gaps = found.slice(1).map((each, index) => each.getTime() - (found[index]?.getTime() ?? 0));
    expect(new Set(gaps)).toEqual(new Set([3_600_000]));
  }
});

test('leap days, the last day of a month, and zones that have skipped a day', () => {
  expect(after('0 0 29 2 *', 'UTC', '2096-03-01T00:00', 1)).toEqual(['2104-02-29T00:00']);
  expect(after('0 0 L * *', 'UTC', '2027-02-01T00:00', 1)).toEqual(['2027-02-28T00:00']);
  expect(after('0 12 * * *', 'Pacific/Apia', '2011-12-29T00:00', 2)).toEqual([
    '2011-12-29T22:00',
    '2011-12-30T22:00',
  ]);
});

test('the newest instant until any moment is the one that the next ones lead to', () => {
  const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'Africa/Cairo'];
  const crons = [
    '30 2 * * *',
    '*/17 * * * *',
    '30 2,14 * * *',
    '0 */2 * * *',
    '*/20 1-3 * * *',
    '59 23 * * 0',
  ];
  const starts = [
    '2026-03-28T00:00',
    '2026-10-24T00:00',
    '2026-04-03T00:00',
    '2026-10-31T00:00',
    '2026-04-23T00:00',
  ];
  for (const zone of zones) {
    for (const cron of crons) {
      const instants = readInstants(cron, zone);
      for (const start of starts) {
        const found = nextInstants(instants, at(start), 12);
        for (const [index, one] of found.slice(0, -1).entries()) {
          const until = (found[index + 1]?.getTime() ?? 0) - 1;
          for (const moment of [one.getTime(), one.getTime() + 1, until])
            expect(instants.newest(new Date(moment)), `${cron} ${zone}`).toEqual(one);
        }
      }
    }
  }
});

test('missed instants are counted from the first one, and not without end', () => {
  const instants = readInstants('*/10 * * * *', 'UTC');
  expect(instants.count(at('2026-05-01T00:00'), at('2026-05-01T01:00'))).toBe(6);
  expect(instants.count(at('2026-05-01T00:00'), at('2026-05-01T00:00'))).toBe(0);
  expect(instants.count(at('2026-01-01T00:00'), at('2026-05-01T01:00'))).toBe(missedCountMax);
});

test('what is never due, or no cron expression, gets a clear error', () => {
  const from = (cron: string) => () => readInstantsFrom(cron, 'UTC', at('2026-05-01T00:00'));
  for (const cron of ['0 0 31 2 *', '0 0 30 2 *', '0 0 31 4,6,9,11 *'])
    expect(from(cron)).toThrow(expect.objectContaining({ code: 'CRON_NEVER' }));
  for (const cron of [
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    'x y z a b',
    '@reboot',
    '2030-01-01T00:00:00',
    '*/0 * * * *',
    '5-1 * * * *',
    '1'.repeat(101),
    '__proto__ * * * *',
  ])
    expect(from(cron), cron).toThrow(expect.objectContaining({ code: 'CRON_INVALID' }));
  for (const zone of ['Mars/Olympus', '', '../etc/passwd'])
    expect(() => readInstants('* * * * *', zone), zone).toThrow(
      expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }),
    );
  expect(from('@daily')().first).toEqual(at('2026-05-02T00:00'));
});
