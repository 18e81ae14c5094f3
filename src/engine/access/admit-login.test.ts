import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { parseAllowRule } from '../../domain/people/sign-in-allow.ts';
import { auditEntries } from '../../store/access/audit-entries.ts';
import { admitLogin } from './admit-login.ts';

const rules = ['kate@example.org=admin', '@example.org'].flatMap((word) => parseAllowRule(word) ?? []);
const { signal } = new AbortController();

test('R-SEC-1: fear: an address with a letter that only looks like an admin’s becomes the admin', async () => {
  const database = await testDatabase();
  const admit = (email: string) =>
    admitLogin(
      database,
      { issuer: 'https://login', subject: email, email, groups: [], way: 'oidc' },
      rules,
      signal,
    );
  await expect(admit('\u212aate@example.org')).rejects.toMatchObject({ code: 'LOGIN_NOT_ALLOWED' });
  for (const email of ['x kate@example.org', 'kate@example.org@example.org', 'kate @example.org'])
    await expect(admit(email), email).rejects.toMatchObject({ code: 'LOGIN_NOT_ALLOWED' });
  expect(await admit('Kate@Example.org')).toMatchObject({ person: 'kate@example.org', role: 'admin' });
  expect(await admit('ÉVA@example.org')).toMatchObject({ person: 'éva@example.org', role: 'viewer' });
});

test('R-SEC-1: fear: somebody who left the group of admins stays an admin', async () => {
  const database = await testDatabase();
  const byGroup = ['group:leads=admin', '@example.org'].flatMap((word) => parseAllowRule(word) ?? []);
  const email = 'eve@example.org';
  const admit = (groups: string[]) =>
    admitLogin(
      database,
      { issuer: 'https://login', subject: '7', email, groups, way: 'oidc' },
      byGroup,
      signal,
    );
  expect(await admit(['leads'])).toMatchObject({ role: 'admin' });
  expect(await admit([])).toMatchObject({ person: email, role: 'viewer' });
  const acts = await database.run((query) => auditEntries(query, { limit: 9 }));
  expect(acts.map(({ act, detail }) => [act, detail])).toContainEqual([
    'login.role',
    { from: 'admin', to: 'viewer', way: 'oidc' },
  ]);
});
