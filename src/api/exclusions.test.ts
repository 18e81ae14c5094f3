import { expect, test } from 'vitest';
import {
  calibrationSchema,
  exclusionSchema,
  experimentSchema,
  experimentsSchema,
  learnedPolicySchema,
  ownLogSchema,
  patternsSchema,
} from '../contract/contract.ts';
import { experimentsAs, learningProject } from '../engine/learning/experiment-ground.fixture.ts';
import { type ApiGround, apiGround } from './api-ground.fixture.ts';

const as = ({ tokens }: ApiGround, role: 'viewer' | 'operator') => ({
  authorization: `Bearer ${tokens[role]}`,
  'content-type': 'application/json',
});

test('R-LRN-3: an operator makes a rule of a finding and revokes it, and both are audited; a viewer only reads', async () => {
  const ground = await apiGround();
  const { call, database } = ground;
  const exclude = (role: 'viewer' | 'operator', wish: object) =>
    call('/api/learning/exclusions', {
      method: 'POST',
      headers: as(ground, role),
      body: JSON.stringify(wish),
    });
  const wish = { model: 'a/one', word: 'auth', because: 'it fails' };
  expect((await exclude('viewer', wish)).status).toBe(403);
  expect((await exclude('operator', { model: 'a/one' })).status).toBe(400);
  expect((await exclude('operator', { ...wish, everything: true })).status).toBe(400);
  const { status, body } = await exclude('operator', wish);
  expect(status).toBe(201);
  const made = exclusionSchema.parse(body);
  expect(made).toMatchObject({ text: 'auth work does not go to a/one', revoked_at: null });
  const { exclusions } = patternsSchema.parse((await call('/api/learning/patterns')).body);
  expect(exclusions.map(({ id }) => id)).toEqual([made.id]);
  const path = `/api/learning/exclusions/${made.id}`;
  const revoked = await call(path, { method: 'DELETE', headers: as(ground, 'operator') });
  expect(exclusionSchema.parse(revoked.body).revoked_by).not.toBeNull();
  const acts = await database.query.selectFrom('auditLog').select('act').orderBy('id').execute();
  expect(acts.map(({ act }) => act)).toEqual(
    expect.arrayContaining(['exclusion.add', 'exclusion.add.refused', 'exclusion.revoke']),
  );
  const policy = learnedPolicySchema.parse((await call('/api/learning/policy')).body);
  expect(policy.projects).toEqual([]);
  const calibration = calibrationSchema.parse((await call('/api/learning/calibration')).body);
  expect(calibration).toMatchObject({ tries: 0, chances: [] });
  const log = ownLogSchema.parse((await call('/api/learning/log')).body);
  expect(log).toMatchObject({ items: [], next: null });
});

test('R-LRN-5: a program may end an experiment, but not start one; a viewer only reads', async () => {
  const ground = await apiGround();
  const { call, database } = ground;
  const { project } = await learningProject(database);
  const wish = { project, a: 'static', b: 'fixed:p/strong', cap_usd: 5 };
  const path = '/api/learning/experiments';
  const start = (role: 'viewer' | 'operator', given: object) =>
    call(path, { method: 'POST', headers: as(ground, role), body: JSON.stringify(given) });
  expect((await start('viewer', wish)).status).toBe(403);
  expect((await start('operator', { ...wish, cap_usd: 0 })).status).toBe(400);
  const refused = await start('operator', wish);
  expect([refused.status, refused.body]).toMatchObject([403, { code: 'LIMIT_NOT_YOURS' }]);
  expect(experimentsSchema.parse((await call(path)).body).items).toEqual([]);
  const made = await experimentsAs(database).startExperiment(wish);
  const { items } = experimentsSchema.parse((await call(path)).body);
  expect(items.map(({ id }) => id)).toEqual([made.id]);
  const stopped = await call(`${path}/${made.id}`, { method: 'DELETE', headers: as(ground, 'operator') });
  expect(experimentSchema.parse(stopped.body)).toMatchObject({ state: 'stopped' });
  expect((await call(`${path}/ffffffff`, { method: 'DELETE', headers: as(ground, 'operator') })).status).toBe(
    404,
  );
});
