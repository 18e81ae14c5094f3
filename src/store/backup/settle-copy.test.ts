import pg from 'pg';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId } from '../../domain/ids.ts';
import { addInvite, findInvite } from '../access/invites.ts';
import { enterOwnSchema } from '../schema/own-schema.ts';
import { addSchedule, scheduleNamed } from '../work/schedules/schedules.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { settleCopy } from './settle-copy.ts';

test('R-SEC-1: fear: one link lets one person in at the original and another one at its copy', async () => {
  const { query, url } = await testDatabase();
  const { secret } = await addInvite(query, {
    person: 'dee',
    role: 'viewer',
    createdBy: 'human:ada',
    inviterId: null,
    expiresInMs: 3_600_000,
  });
  expect(await findInvite(query, secret)).toMatchObject({ state: 'open' });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  await settleCopy(client, { from: '/a', to: '/b' });
  await client.end();
  expect(await findInvite(query, secret)).toMatchObject({ state: 'revoked' });
});

test('fear: the schedules of a restored copy do everything a second time', async () => {
  const database = await testDatabase();
  const { query, url } = database;
  const { projectId } = await aWorkOrderAtWork(database);
  const given = { projectId, cron: '@daily', timeZone: 'UTC', limitNanoUsd: 1n, catchUpMs: 60_000n };
  const by = { createdBy: 'human:ada', requestedBy: 'human:ada' };
  const template = JSON.stringify({ title: 'Tidy', description: '', acceptance: '' });
  const id = newId<string>(new Date());
  await addSchedule(query, { id, name: 'nightly', template, nextDueAt: new Date(), ...given, ...by });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  await settleCopy(client, { from: '/a', to: '/b' });
  await client.end();
  expect(await scheduleNamed(query, 'nightly')).toMatchObject({ nextDueAt: null, pausedBy: 'moose:restore' });
});
