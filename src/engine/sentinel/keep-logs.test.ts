import { expect, test } from 'vitest';
import type { Check } from '../../domain/forge/forge.ts';
import { keepLogs } from './record-look.ts';

const check = (id: string): Check => ({
  id,
  name: 'build',
  state: 'failed',
  conclusion: 'failure',
  isRequired: true,
  attempt: 1,
  url: null,
  summary: null,
});
const fetched = (id: string, text: string, isCut = false) => ({
  check: check(id),
  log: { text, isCut, failedStep: 'npm test' },
});

test('R-SEN-3: a failed check keeps the end of its log, and the others have none', () => {
  const [first, second] = keepLogs([check('job:1'), check('job:2')], [fetched('job:1', 'not ok 1\n')], []);
  expect(first?.log).toEqual({ tail: 'not ok 1\n', isCut: false, failedStep: 'npm test' });
  expect(second).toEqual(check('job:2'));
  expect(keepLogs([check('job:1')], [], first ? [first] : [])).toEqual([first]);
  expect(keepLogs([check('job:3')], [], first ? [first] : [])).toEqual([check('job:3')]);
});

test('fear: a log fills the row, or shows a secret', () => {
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  const [one] = keepLogs(
    [check('job:1')],
    [fetched('job:1', `${'x\n'.repeat(50_000)}token ${secret}\0`)],
    [],
  );
  expect(one?.log?.tail.length).toBeLessThanOrEqual(8_000);
  expect(one?.log).toMatchObject({ isCut: true });
  expect(one?.log?.tail).not.toContain(secret);
  expect(one?.log?.tail).not.toContain('\0');
});

test('a check without a log keeps what is known', () => {
  const nothing = { check: check('job:1'), log: null };
  expect(keepLogs([check('job:1')], [nothing], [])).toEqual([check('job:1')]);
});
