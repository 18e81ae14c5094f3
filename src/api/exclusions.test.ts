import { expect, test } from 'vitest';
import { exclusionSchema, learnedPolicySchema, ownLogSchema, patternsSchema } from '../contract/contract.ts';
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
      ...{ method: 'POST', headers: as(ground, role), body: JSON.stringify(wish) },
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
  const log = ownLogSchema.parse((await call('/api/learning/log')).body);
  expect(log).toMatchObject({ items: [], next: null });
});
