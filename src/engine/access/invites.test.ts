import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { NewInvite } from '../../contract/contract.ts';
import type { ApiRole } from '../../domain/people/api-role.ts';
import { parseAllowRule } from '../../domain/people/sign-in-allow.ts';
import { addToken, newToken, revokeToken } from '../../store/access/api-tokens.ts';
import { auditEntries } from '../../store/access/audit-entries.ts';
import { setLogin } from '../../store/access/logins.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { limitsInForce } from '../../store/money/limits.ts';
import { acceptInvite, lookAtInvite } from './accept-invite.ts';
import { admitLogin } from './admit-login.ts';
import { askInvites } from './ask-invites.ts';
import { askTokens } from './ask-tokens.ts';

const { signal } = new AbortController();
const url = 'https://moose.example.org';
const weekMs = 7 * 24 * 60 * 60_000;

async function ground() {
  const database = await testDatabase();
  const person = async (name: string, role: ApiRole = 'admin') => {
    const given = { name: `${name}-laptop`, role, createdBy: 'test', person: name };
    const added = await addToken(database.query, newToken(), given);
    if (!added) throw new TypeError('The token is not new');
    return { ...askInvites({ database, actor: `human:${name}` }), tokenId: added.id };
  };
  const ada = await person('ada');
  const invite = async (given: Partial<NewInvite> & { person: string }, by = ada) => {
    const wanted: NewInvite = { role: 'operator', expires_in_ms: weekMs, ...given };
    const made = await by.create(wanted, { url, inviterId: by.tokenId });
    return { ...made, secret: new URL(made.link).hash.slice(1) };
  };
  const accept = (secret: string, on: Database = database) => acceptInvite(on, secret, signal);
  const acts = async () => {
    const all = await database.run((query) => auditEntries(query, { limit: 50 }));
    return all.map(({ actor, act, subject }) => `${actor} ${act} ${subject}`).reverse();
  };
  return { database, person, ada, invite, accept, acts };
}

test('R-SEC-1: an invite becomes a token of the person, with the role and the limit that the admin chose', async () => {
  const { database, ada, invite, accept, acts } = await ground();
  const made = await invite({ person: 'dee', role: 'viewer', daily_usd: 2.5 });
  expect(made).toMatchObject({ person: 'dee', role: 'viewer', state: 'open', createdBy: 'human:ada' });
  expect(made.link).toMatch(/^https:\/\/moose\.example\.org\/invite#[\w-]{43}$/);
  expect(made.expiresAt.getTime() - made.createdAt.getTime()).toBe(weekMs);
  // Looking changes nothing, however often.
  for (const _ of [1, 2, 3])
    expect(await lookAtInvite(database, made.secret, signal)).toMatchObject({ person: 'dee', state: 'open' });
  const limits = await database.run(limitsInForce);
  expect(limits).toContainEqual(
    expect.objectContaining({ kind: 'person', name: 'dee', limitNanoUsd: 2_500_000_000n }),
  );
  const { token, secret } = await accept(made.secret);
  expect(token).toMatchObject({ name: 'dee', person: 'dee', role: 'viewer', createdBy: 'human:ada' });
  expect(secret).toMatch(/^moose_/);
  expect(await ada.list()).toMatchObject([
    { person: 'dee', state: 'accepted', acceptedAt: expect.any(Date) },
  ]);
  expect(await acts()).toEqual(['human:dee invite.accept dee']);
  const { rows } = await sql<{ row: string }>`
    select to_jsonb(i)::text as row from invites i union all select to_jsonb(a)::text from audit_log a`.execute(
    database.query,
  );
  for (const { row } of rows) expect(row).not.toContain(made.secret);
});

test('R-SEC-1: fear: a link lets two people in, from two processes at the same moment', async () => {
  const { database, invite, accept } = await ground();
  const other = openDatabase(database.url, { connectionsMax: 8 });
  onTestFinished(() => other.close());
  for (const person of ['dee', 'eve', 'fay']) {
    const { secret } = await invite({ person });
    const tries = Array.from({ length: 8 }, (_, n) => accept(secret, n % 2 === 0 ? database : other));
    const ends = (await Promise.allSettled(tries)).map((end) =>
      end.status === 'fulfilled' ? 'in' : end.reason.code,
    );
    expect(ends.sort()).toEqual([...Array<string>(7).fill('INVITE_OVER'), 'in']);
  }
  expect(await database.query.selectFrom('apiTokens').selectAll().execute()).toHaveLength(4);
});

test('R-SEC-1: fear: two admins invite two people as one', async () => {
  const { person, invite } = await ground();
  const bob = await person('bob');
  const both = await Promise.allSettled([invite({ person: 'gus' }), invite({ person: 'Gus' }, bob)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('R-SEC-1: a wrong, expired, revoked or used invite lets nobody in, and whoever has the secret is told why', async () => {
  const { database, ada, invite, accept } = await ground();
  for (const wrong of ['', 'x', 'moose_x', 'A'.repeat(43), '\u0000'])
    await expect(accept(wrong)).rejects.toMatchObject({ code: 'INVITE_INVALID' });
  const [old, taken, used] = [
    await invite({ person: 'old' }),
    await invite({ person: 'taken' }),
    await invite({ person: 'used' }),
  ];
  await sql`update invites set created_at = created_at - interval '8 d', expires_at = expires_at - interval '8 d'
    where id = ${old.id}`.execute(database.query);
  expect(await ada.revoke(taken.id.slice(-8))).toMatchObject({ state: 'revoked' });
  expect(await ada.revoke(taken.id)).toMatchObject({ state: 'revoked' });
  await accept(used.secret);
  for (const [{ secret }, message] of [
    [old, 'This invite has expired.'],
    [taken, 'This invite was revoked.'],
    [used, expect.stringContaining('already used')],
  ] as const) {
    await expect(accept(secret)).rejects.toMatchObject({ code: 'INVITE_OVER', message });
    await expect(lookAtInvite(database, secret, signal)).rejects.toMatchObject({ code: 'INVITE_OVER' });
  }
  await expect(ada.revoke(used.id)).rejects.toMatchObject({ code: 'INVITE_ACCEPTED' });
  await expect(ada.revoke('00000000-ffff')).rejects.toMatchObject({ code: 'INVITE_NOT_FOUND' });
  // Whoever writes: what has ended stays so.
  await expect(
    sql`update invites set accepted_at = null, token_id = null where id = ${used.id}`.execute(database.query),
  ).rejects.toThrow(/never changes/);
});

test('R-SEC-1: fear: whoever was shut out, or is no admin any more, still gets people in with old invites', async () => {
  const { database, ada, person, invite, accept } = await ground();
  const [bob, cay] = [await person('bob'), await person('cay')];
  const [byBob, byCay, byAda] = [
    await invite({ person: 'one' }, bob),
    await invite({ person: 'two' }, cay),
    await invite({ person: 'three' }),
  ];
  await database.transaction((query) => revokeToken(query, bob.tokenId));
  await setLogin(database.query, cay.tokenId, { role: 'operator', groups: [] });
  for (const { secret } of [byBob, byCay])
    await expect(accept(secret)).rejects.toMatchObject({
      code: 'INVITE_OVER',
      message: expect.stringContaining('no longer invite'),
    });
  expect((await ada.list()).map(({ person: name, state }) => [name, state])).toEqual([
    ['three', 'open'],
    ['two', 'withdrawn'],
    ['one', 'withdrawn'],
  ]);
  await expect(accept(byAda.secret)).resolves.toMatchObject({ token: { person: 'three' } });
});

test("R-SEC-1: fear: an invite makes somebody another person, by that person's name", async () => {
  const { database, invite, accept } = await ground();
  const rules = ['@example.org', 'group:dev=operator'].flatMap((word) => parseAllowRule(word) ?? []);
  const login = (email: string) =>
    admitLogin(
      database,
      { issuer: 'https://login', subject: email, email, groups: ['dev'], way: 'oidc' },
      rules,
      signal,
    );
  const gone = await addToken(database.query, newToken(), {
    name: 'gone-laptop',
    role: 'viewer',
    createdBy: 'test',
    person: 'gone',
  });
  await database.transaction((query) => revokeToken(query, gone?.id ?? ''));
  await sql`insert into audit_log (actor, act, detail) values ('human:root', 'config.set', '{}')`.execute(
    database.query,
  );
  // A person, a person in other letters, a token, a former person, the owner of the machine.
  for (const name of ['ada', 'ADA', '\uff41da', 'ada-laptop', 'gone', 'Root'])
    await expect(invite({ person: name }), name).rejects.toMatchObject({ code: 'INVITE_NAME_TAKEN' });
  // Names of a provider, a proxy and a forge, also of people who have not come yet; and what is no name.
  for (const name of ['bob@example.org', 'bob@github.com', '@', 'a b', 'a:b', '', '*', '-x', '\u202eabc'])
    await expect(invite({ person: name }), name).rejects.toMatchObject({ code: 'INVITE_NAME_INVALID' });
  await expect(invite({ person: 'dee' })).resolves.toBeDefined();
  await expect(invite({ person: 'Dee' })).rejects.toMatchObject({ code: 'INVITE_NAME_INVITED' });
  // The other way round: the provider gives no name without an `@`, and so no name of an invited person.
  await expect(login('dee')).rejects.toMatchObject({ code: 'LOGIN_NOT_ALLOWED' });
  await expect(login('dee@example.org')).resolves.toMatchObject({ person: 'dee@example.org' });
  // Somebody else gets the name before the invite is accepted.
  const { secret } = await invite({ person: 'eve' });
  await askTokens({ database, actor: 'human:ada' }).create({ name: 'e', role: 'viewer', person: 'Eve' });
  await expect(accept(secret)).rejects.toMatchObject({ code: 'INVITE_NAME_GONE' });
});

test('R-SEC-1: a program invites nobody, and nobody for longer than a month', async () => {
  const { database, invite, ada } = await ground();
  for (const actor of ['api:ci', 'mcp:assistant']) {
    const program = { ...askInvites({ database, actor }), tokenId: ada.tokenId };
    await expect(invite({ person: 'dee' }, program)).rejects.toMatchObject({ code: 'INVITE_NOT_YOURS' });
  }
  for (const expires_in_ms of [1_000, 31 * 24 * 60 * 60_000])
    await expect(invite({ person: 'dee', expires_in_ms })).rejects.toMatchObject({
      code: 'INVITE_TIME_INVALID',
    });
  expect(await ada.list()).toEqual([]);
});

test('there are never more open invites than the limit says, and the list shows all of them', async () => {
  const { database, ada, invite } = await ground();
  await sql`insert into invites (id, hash, person, role, created_by, expires_at)
    select gen_random_uuid(), sha256(n::text::bytea), 'p' || n, 'viewer', 'human:ada', clock_timestamp() + interval '1 h'
    from generate_series(1, 99) n`.execute(database.query);
  await invite({ person: 'last' });
  await expect(invite({ person: 'late' })).rejects.toMatchObject({ code: 'INVITES_TOO_MANY' });
  expect(await ada.list()).toHaveLength(100);
  await sql`update invites set revoked_at = clock_timestamp()`.execute(database.query);
  await invite({ person: 'late' });
  const listed = await ada.list();
  expect(listed.map(({ state }) => state)).toEqual(['open', ...Array<string>(100).fill('revoked')]);
});
