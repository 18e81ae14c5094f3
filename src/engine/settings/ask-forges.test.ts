import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type * as wire from '../../contract/contract.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import { noteLimit } from '../../store/work/pull-requests/forge-limits.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import type { Forge, Forges, Inspection } from '../ports/forge.ts';
import { askForges } from './ask-forges.ts';

const shared = sharedDatabase();
const token = { source: 'env', name: 'MOOSE_FORGE_TOKEN' } as const;
const found: Inspection = {
  login: 'moose',
  defaultBranch: 'main',
  mergeMethods: ['squash'],
  expiresAt: null,
  hasAutoMerge: true,
  hasMergeQueue: false,
  hasDrafts: true,
  rights: [{ name: 'contents:write', isGiven: true, isFor: 'to push' }],
  problems: [{ code: 'FORGE_TOKEN_EXPIRES', message: 'm', advice: 'a', isFatal: false }],
};

function asking(inspect: () => Promise<Inspection> = async () => found, actor = 'human:ada') {
  const forge = { kind: 'github', host: 'github.com', repository: 'acme/api', inspect } as Forge;
  const forges: Forges = { of: async () => forge };
  return askForges({ database: shared(), forges, actor, signal: new AbortController().signal });
}

test('fear: a check of forges goes on after its process has stopped', async () => {
  const reason = new DOMException('Moose is closing', 'AbortError');
  const stopped = { database: shared(), forges: { of: async () => Promise.reject(reason) } };
  const asked = askForges({ ...stopped, actor: 'human:ada', signal: AbortSignal.abort(reason) });
  await expect(asked.check()).rejects.toBe(reason);
});

test('R-SEN-7: a forge is registered, changed by registering it again, and removed', async () => {
  const forges = asking();
  expect(await forges.add({ host: 'GitHub.com', kind: 'github', credential: token })).toMatchObject({
    host: 'github.com',
    api_url: 'https://api.github.com',
    credential: token,
    webhook_secret: null,
    paused_until: null,
    limit: null,
    created_by: 'human:ada',
  });
  const app = { source: 'app', app_id: '12', key: { source: 'file', path: '/srv/app.pem' } } as const;
  await forges.add({ host: 'github.com', kind: 'github', credential: app, webhook_secret: token });
  const ghes = await forges.add({ host: 'git.acme.org:8443', kind: 'github', credential: { source: 'gh' } });
  expect(ghes.api_url).toBe('https://git.acme.org:8443/api/v3');
  const gitea = { host: 'code.acme.org', kind: 'gitea', api_url: 'http://10.0.0.7:3000/api/v1/' } as const;
  expect(await forges.add({ ...gitea, credential: token })).toMatchObject({
    api_url: 'http://10.0.0.7:3000/api/v1',
  });
  expect((await forges.list()).map(({ host }) => host)).toEqual([
    ...['code.acme.org', 'git.acme.org:8443', 'github.com'],
  ]);
  expect((await forges.list()).at(-1)).toMatchObject({ credential: app, webhook_secret: token });
  expect(await forges.remove('github.com')).toEqual({ removed: 'github.com' });
  const gone = { code: 'FORGE_HOST_NOT_FOUND', advice: expect.any(String) };
  await expect(forges.remove('github.com')).rejects.toMatchObject(gone);
});

test('R-SEN-7: a host whose limit is almost used up is not called available: it says until when polling waits', async () => {
  const forges = asking();
  const host = 'scarce.acme.org';
  await forges.add({ host, kind: 'github', credential: token });
  const noted = (remaining: number, resetAt: Date) =>
    shared().run((query) => noteLimit(query, host, { total: 5_000, remaining, resetAt }));
  const view = async () => (await forges.list()).find((each) => each.host === host);
  const resetAt = new Date(Date.now() + 20 * 60_000);
  await noted(900, resetAt);
  expect(await view()).toMatchObject({
    paused_until: resetAt.toISOString(),
    paused_because: expect.stringContaining('reserved for people'),
  });
  await noted(4_000, resetAt);
  expect(await view()).toMatchObject({ paused_until: null, paused_because: null });
  await noted(900, new Date(Date.now() - 1_000));
  expect(await view()).toMatchObject({ paused_until: null });
  await forges.remove(host);
});

test('fear: a host is registered with the port that its scheme implies, and matches no repository', async () => {
  const forges = asking();
  const usual = { kind: 'gitea', credential: token } as const;
  expect(await forges.add({ host: 'git.acme.net:443', ...usual })).toMatchObject({
    host: 'git.acme.net',
    api_url: 'https://git.acme.net/api/v1',
  });
  const plain = { ...usual, api_url: 'http://old.acme.net/api/v1' };
  expect(await forges.add({ host: 'old.acme.net:80', ...plain })).toMatchObject({ host: 'old.acme.net' });
  expect(await forges.add({ host: 'odd.acme.net:80', ...usual })).toMatchObject({ host: 'odd.acme.net:80' });
  expect(await forges.remove('git.acme.net:443')).toEqual({ removed: 'git.acme.net' });
  expect(await forges.remove('odd.acme.net:80')).toEqual({ removed: 'odd.acme.net:80' });
  await forges.remove('old.acme.net');
});

const wrong: readonly Partial<wire.NewForge>[] = [
  { host: 'https://github.com' },
  { host: '' },
  { api_url: 'ftp://example.org' },
  { api_url: 'https://user:secret@example.org' },
  { api_url: 'https://example.org/?q=1' },
  { kind: 'gitea', credential: { source: 'gh' } },
  { credential: { source: 'app', app_id: '1 2', key: token } },
  { credential: { source: 'env', name: 'ANTHROPIC_API_KEY' } },
  { credential: { source: 'file', path: 'token' } },
  { webhook_secret: { source: 'env', name: 'PATH' } },
];

test.each(wrong)('R-SEC-4: a forge that cannot be right is refused: %o', async (change) => {
  const given = { host: 'github.com', kind: 'github', credential: token, ...change } as const;
  const refused = { code: 'FORGE_INVALID', advice: expect.any(String) };
  await expect(asking().add(given)).rejects.toMatchObject(refused);
});

test('R-SEC-4: fear: a program names a secret of Moose and its own address', async () => {
  const forges = asking(undefined, 'api:ci');
  const refused = { code: 'FORGE_NOT_YOURS' };
  const given = { host: 'evil.example', kind: 'github', credential: token } as const;
  await expect(forges.add(given)).rejects.toMatchObject(refused);
  await expect(forges.remove('github.com')).rejects.toMatchObject(refused);
});

test('it is told what Moose may do in the repositories of projects, and what is wrong', async () => {
  await aWorkOrderAtWork(shared());
  const [check] = await asking().check();
  expect(check).toMatchObject({
    host: 'github.com',
    repository: 'acme/api',
    ok: true,
    login: 'moose',
    has_auto_merge: true,
    rights: [{ name: 'contents:write', is_given: true, is_for: 'to push' }],
    problems: [{ code: 'FORGE_TOKEN_EXPIRES', is_fatal: false }],
  });
  const project = check?.project ?? '';
  expect(await asking().check(project)).toMatchObject([{ project }]);
  await expect(asking().check('elsewhere.org')).rejects.toMatchObject({ code: 'FORGE_HOST_NOT_FOUND' });
  await asking().add({ host: 'elsewhere.org', kind: 'gitea', credential: token });
  expect(await asking().check('elsewhere.org')).toEqual([]);
  const failing = asking(async () => {
    const where = { component: 'forges', operation: 'inspect' };
    throw new ConfigurationError({ ...where, code: 'FORGE_CREDENTIALS_MISSING', message: 'm', advice: 'a' });
  });
  expect(await failing.check(project)).toMatchObject([
    { ok: false, login: null, problems: [{ code: 'FORGE_CREDENTIALS_MISSING', is_fatal: true }] },
  ]);
  const bug = asking(() => Promise.reject(new TypeError('a bug')));
  await expect(bug.check(project)).rejects.toThrow('a bug');
});
