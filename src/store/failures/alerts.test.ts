import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { openAlerts, raiseAlert, resolveAlert } from './alerts.ts';

const alert = {
  key: 'circuit:provider:anthropic',
  severity: 'medium',
  component: 'resilience',
  operation: 'admit',
  code: 'CIRCUIT_OPEN',
  message: 'provider:anthropic fails.',
} as const;

test('alerts with the same cause are one alert: it is counted, has the newest message, and its severity never falls', async () => {
  const { query } = await testDatabase();
  const first = await raiseAlert(query, alert);
  expect(first.isNew).toBe(true);
  await raiseAlert(query, {
    ...alert,
    severity: 'high',
    message: 'It still fails.',
    metadata: { openings: 2 },
  });
  expect(await raiseAlert(query, { ...alert, severity: 'low' })).toEqual({ id: first.id, isNew: false });
  await raiseAlert(query, { ...alert, key: 'disk:/srv', message: 'Half a \ud800 pair, and \0.' });
  const [other, one, ...rest] = await openAlerts(query);
  expect(rest).toEqual([]);
  expect(other).toMatchObject({ key: 'disk:/srv', times: 1, message: 'Half a \ufffd pair, and \ufffd.' });
  expect(one).toMatchObject({
    id: first.id,
    times: 3,
    severity: 'high',
    message: alert.message,
    metadata: {},
  });
  expect(one?.lastSeenAt.getTime()).toBeGreaterThan(one?.createdAt.getTime() ?? Number.NaN);
});

test('a resolved alert is closed, and the next one with its cause is new', async () => {
  const { query } = await testDatabase();
  const first = await raiseAlert(query, alert);
  expect(await resolveAlert(query, alert.key, 'moose')).toBe(true);
  expect(await resolveAlert(query, alert.key, 'moose')).toBe(false);
  const second = await raiseAlert(query, alert);
  expect(second).toMatchObject({ isNew: true });
  expect(second.id).not.toBe(first.id);
  expect((await openAlerts(query)).map(({ id }) => id)).toEqual([second.id]);
});

test('the fear: concurrent alerts with the same cause become two alerts, or an error', async () => {
  const database = await testDatabase();
  await Promise.all(Array.from({ length: 8 }, () => database.run((query) => raiseAlert(query, alert))));
  expect(await openAlerts(database.query)).toMatchObject([{ times: 8 }]);
});
