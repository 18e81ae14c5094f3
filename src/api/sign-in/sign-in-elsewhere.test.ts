// Signing in at a real OpenID Connect provider, and what an attacker would try.
import { get } from 'node:http';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { parseAllowRule } from '../../domain/people/sign-in-allow.ts';
import { revokeToken } from '../../store/access/api-tokens.ts';
import { apiGround } from '../api-ground.fixture.ts';
import { type Browser, newBrowser, type ProviderGround, startProvider } from '../oidc-ground.fixture.ts';

const rules = (...words: string[]) => words.flatMap((word) => parseAllowRule(word) ?? []);

/**
 * The provider must know the callback before it starts, and the server its provider: so the provider is asked
 * late.
 */
async function ground(allow = rules('@example.org=operator', 'group:leads=admin')) {
  const late = {
    issuer: '',
    clientId: 'moose',
    clientSecret: 'a-secret-of-the-client',
    scope: 'openid email',
  };
  const made = await apiGround({ signIn: { oidc: late, proxy: null, allow } });
  const callback = `${made.server.url}/api/session/oidc/callback`;
  const provider = await startProvider([callback]);
  late.issuer = provider.issuer;
  const start = `${made.server.url}/api/session/oidc`;
  const isCallback = (next: string) => next.startsWith(callback);
  const me = async (browser: Browser) => {
    const answer = await browser.visit(`${made.server.url}/api/me`);
    return { status: answer.status, body: await answer.json() };
  };
  /** Signs in, and returns where the browser ended. */
  const signIn = async (browser: Browser, to = '') => {
    const { url: back } = await browser.follow(`${start}${to}`, isCallback);
    const answer = await browser.visit(back);
    return { status: answer.status, back, location: answer.headers.get('location') };
  };
  return { ...made, provider, callback, start, isCallback, me, signIn };
}

const hasSession = (browser: Browser) =>
  [...browser.cookies.keys()].some((key) => key.endsWith('moose_session'));

test('R-SEC-1: a person signs in at the provider with the role of the first matching rule, and signs out', async () => {
  const { provider, signIn, me, server, database } = await ground();
  const browser = newBrowser();
  expect(await signIn(browser, '?to=/work-orders?status=failed')).toMatchObject({
    status: 303,
    location: '/work-orders?status=failed',
  });
  const ada = { actor: 'human:ada@example.org', role: 'operator', is_person: true };
  expect(await me(browser)).toMatchObject({ status: 200, body: ada });
  const headers = { origin: server.url };
  expect((await browser.visit(`${server.url}/api/session`, { method: 'DELETE', headers })).status).toBe(204);
  expect((await me(browser)).status).toBe(401);
  // A second sign-in, after a change of the address at the provider, is the same person.
  provider.person = { ...provider.person, email: 'Ada@Example.org' };
  await signIn(browser);
  expect((await me(browser)).body).toMatchObject(ada);
  const logins = await database.query
    .selectFrom('apiTokens')
    .selectAll()
    .where('issuer', 'is not', null)
    .execute();
  expect(logins).toHaveLength(1);
  const acts = await database.query.selectFrom('auditLog').select(['actor', 'act']).orderBy('id').execute();
  expect(acts.map(({ act }) => act)).toEqual(['login.create', 'session.open', 'session.end', 'session.open']);
  expect(new Set(acts.map(({ actor }) => actor))).toEqual(new Set(['human:ada@example.org']));
});

test('the page learns which ways exist; without a provider there is none to begin', async () => {
  const { server } = await ground();
  expect(await (await fetch(`${server.url}/api/session/ways`)).json()).toEqual({ token: true, oidc: true });
  const bare = await apiGround();
  expect(await (await fetch(`${bare.server.url}/api/session/ways`)).json()).toEqual({
    token: true,
    oidc: false,
  });
  for (const path of ['/api/session/oidc', '/api/session/oidc/callback?code=1&state=1']) {
    const answer = await fetch(`${bare.server.url}${path}`, { redirect: 'manual' });
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'OIDC_NOT_CONFIGURED' }]);
  }
});

test.each<[string, Partial<ProviderGround['person']>, string]>([
  ['whom no rule lets in', { email: 'eve@example.com' }, 'LOGIN_NOT_ALLOWED'],
  ['of a domain that only ends like an allowed one', { email: 'eve@notexample.org' }, 'LOGIN_NOT_ALLOWED'],
  ['of a subdomain', { email: 'eve@sub.example.org' }, 'LOGIN_NOT_ALLOWED'],
  ['with a second @', { email: 'eve@evil.test@example.org x' }, 'LOGIN_NOT_ALLOWED'],
  ['whose address is not verified', { email_verified: false }, 'LOGIN_EMAIL_NOT_VERIFIED'],
  ['whose address is verified only in words', { email_verified: 'yes' }, 'LOGIN_EMAIL_NOT_VERIFIED'],
  ['without an address', { email: undefined, groups: ['leads'] }, 'LOGIN_EMAIL_NOT_VERIFIED'],
])('somebody %s is refused', async (_who, person, code) => {
  const { provider, signIn, me } = await ground();
  provider.person = { ...provider.person, ...person };
  const browser = newBrowser();
  expect((await signIn(browser)).location).toBe(`/#refused=${code}`);
  expect(hasSession(browser)).toBe(false);
  expect((await me(browser)).status).toBe(401);
});

test('a group of the provider gives its role', async () => {
  const { provider, signIn, me } = await ground();
  provider.person = { sub: 'l', email: 'lea@elsewhere.test', email_verified: true, groups: ['leads'] };
  const browser = newBrowser();
  await signIn(browser);
  expect((await me(browser)).body).toMatchObject({ actor: 'human:lea@elsewhere.test', role: 'admin' });
});

test.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>]>([
  ['another nonce', (claims) => ({ ...claims, nonce: 'another' })],
  ['no nonce', ({ nonce: _nonce, ...claims }) => claims],
  ['another audience', (claims) => ({ ...claims, aud: 'another-client' })],
  ['another issuer', (claims) => ({ ...claims, iss: 'http://127.0.0.1:1' })],
  ['a time that is over', (claims) => ({ ...claims, exp: 1_000, iat: 900 })],
])('an ID token with %s signs nobody in', async (_what, forge) => {
  const { provider, signIn, recorded } = await ground();
  provider.forge = forge;
  const browser = newBrowser();
  expect((await signIn(browser)).location).toBe('/#refused=LOGIN_FAILED');
  expect([hasSession(browser), provider.tokenCalls, recorded]).toEqual([false, 1, ['LOGIN_FAILED']]);
});

test('fear: an unverified address is taken for verified, because the ID token says so of another one', async () => {
  const { provider, signIn } = await ground();
  provider.person = { sub: 'mallory-1', email: 'ada@example.org', email_verified: false };
  provider.forge = (claims) => ({ ...claims, email_verified: true });
  const browser = newBrowser();
  expect((await signIn(browser)).location).toBe('/#refused=LOGIN_EMAIL_NOT_VERIFIED');
  expect(hasSession(browser)).toBe(false);
});

test('an ID token that another key has signed signs nobody in', async () => {
  const { provider, signIn } = await ground();
  provider.forge = (claims) => claims;
  await expect(signIn(newBrowser())).resolves.toMatchObject({ location: '/' });
  provider.signsWithOtherKey = true;
  expect((await signIn(newBrowser())).location).toBe('/#refused=LOGIN_FAILED');
});

test('a wrong state, an error of the provider and a foreign issuer in the answer sign nobody in', async () => {
  const { provider, callback, start, isCallback } = await ground();
  const answers: Array<(back: string) => string> = [
    (back) => back.replace(/state=[^&]+/, 'state=another'),
    () => `${callback}?error=access_denied&state=x`,
    (back) => back.replace(/iss=[^&]+/, `iss=${encodeURIComponent('http://127.0.0.1:1')}`),
    () => callback,
  ];
  for (const change of answers) {
    const browser = newBrowser();
    const { url: back } = await browser.follow(start, isCallback);
    const answer = await browser.visit(change(back));
    expect(answer.headers.get('location')).toBe('/#refused=LOGIN_FAILED');
    // Whatever was wrong, the true answer is of no use any more.
    expect((await browser.visit(back)).headers.get('location')).toBe('/#refused=LOGIN_NOT_BEGUN_HERE');
    expect(hasSession(browser)).toBe(false);
  }
  expect(provider.tokenCalls).toBe(0);
});

test('CSRF: the answer of one browser is of no use in another one, and not twice in its own', async () => {
  const { start, isCallback, signIn, provider } = await ground();
  const attacker = newBrowser();
  const { url: back } = await attacker.follow(start, isCallback);
  const victim = newBrowser();
  expect((await victim.visit(back)).headers.get('location')).toBe('/#refused=LOGIN_NOT_BEGUN_HERE');
  // The same if the victim has started a sign-in too.
  await victim.follow(start, isCallback);
  expect((await victim.visit(back)).headers.get('location')).toBe('/#refused=LOGIN_FAILED');
  expect(hasSession(victim)).toBe(false);
  const ada = newBrowser();
  const cookie = async () =>
    ada.cookies.get([...ada.cookies.keys()].find((key) => key.endsWith('sign_in')) ?? '');
  const { url: own } = await ada.follow(start, isCallback);
  const kept = await cookie();
  await ada.visit(own);
  expect(hasSession(ada)).toBe(true);
  const again = await fetch(own, { redirect: 'manual', headers: { cookie: `moose_sign_in=${kept}` } });
  expect(again.headers.get('location')).toBe('/#refused=LOGIN_NOT_BEGUN_HERE');
  expect(again.headers.getSetCookie().join()).not.toContain('moose_session');
  expect(provider.tokenCalls).toBe(1);
  await signIn(newBrowser());
});

test.each([
  ['https://evil.test/'],
  ['//evil.test/'],
  ['/\\evil.test/'],
  ['/.//evil.test'],
  ['/%09/evil.test'.replace('%09', '\t')],
  ['javascript:alert(1)'],
  ['evil.test'],
])('the page to show afterwards cannot be another site: %s', async (to) => {
  const { signIn, server } = await ground();
  const { location } = await signIn(newBrowser(), `?to=${encodeURIComponent(to)}`);
  const shown = new URL(location ?? '', server.url);
  expect(shown.origin).toBe(server.url);
  expect(location).toMatch(/^\/(?![/\\])/);
});

test('whose login was revoked is signed out and stays out; nobody else can take the address', async () => {
  const { provider, signIn, me, database } = await ground();
  const browser = newBrowser();
  await signIn(browser);
  const logins = await database.query
    .selectFrom('apiTokens')
    .selectAll()
    .where('issuer', 'is not', null)
    .execute();
  await database.transaction((query) => revokeToken(query, logins[0]?.id ?? ''));
  expect((await me(browser)).status).toBe(401);
  expect((await signIn(browser)).location).toBe('/#refused=LOGIN_REVOKED');
  provider.person = { ...provider.person, sub: 'another-account' };
  expect((await signIn(newBrowser())).location).toBe('/#refused=LOGIN_NAME_TAKEN');
});

test('R-SEC-1: fear: whoever is no longer in the rules keeps the session, and with it the role', async () => {
  const allow = rules('ada@example.org=admin', '@example.org', 'group:leads=operator');
  const { provider, signIn, me } = await ground(allow);
  const [ada, lea] = [newBrowser(), newBrowser()];
  await signIn(ada);
  provider.person = { sub: 'l', email: 'lea@elsewhere.test', email_verified: true, groups: ['leads', 'x'] };
  await signIn(lea);
  expect((await me(ada)).body).toMatchObject({ role: 'admin' });
  expect((await me(lea)).body).toMatchObject({ role: 'operator' });
  // As after a restart with other rules.
  allow.splice(0, 1);
  expect((await me(ada)).body).toMatchObject({ role: 'viewer' });
  expect((await me(lea)).body).toMatchObject({ role: 'operator' });
  allow.splice(0);
  for (const browser of [ada, lea])
    expect(await me(browser)).toMatchObject({ status: 401, body: { code: 'SESSION_OVER' } });
  // A higher role needs a new sign-in, which the audit log records.
  allow.push(...rules('lea@elsewhere.test=admin'));
  expect((await me(lea)).body).toMatchObject({ role: 'operator' });
  await signIn(lea);
  expect((await me(lea)).body).toMatchObject({ role: 'admin' });
});

test('R-SEC-1: fear: who left the provider stays signed in for as long as the session is used', async () => {
  const { signIn, me, database } = await ground();
  const browser = newBrowser();
  await signIn(browser);
  const age = (hours: number) =>
    sql`update web_sessions set created_at = clock_timestamp() - ${hours} * interval '1 hour'`.execute(
      database.query,
    );
  await age(23);
  expect((await me(browser)).status).toBe(200);
  await age(24);
  expect(await me(browser)).toMatchObject({ status: 401, body: { code: 'SESSION_OVER' } });
  await signIn(browser);
  expect((await me(browser)).status).toBe(200);
});

test('a provider that is away or is none is told, and asked again at the next try', async () => {
  const late = { issuer: 'http://127.0.0.1:1', clientId: 'moose', clientSecret: null, scope: 'openid email' };
  const { server } = await apiGround({ signIn: { oidc: late, proxy: null, allow: rules('@example.org') } });
  const begin = async () => {
    const answer = await fetch(`${server.url}/api/session/oidc`, { redirect: 'manual' });
    return {
      status: answer.status,
      code: answer.status === 303 ? null : ((await answer.json()) as { code: string }).code,
    };
  };
  expect(await begin()).toEqual({ status: 503, code: 'OIDC_NOT_REACHED' });
  late.issuer = server.url;
  expect(await begin()).toEqual({ status: 503, code: 'OIDC_INVALID' });
  const provider = await startProvider([`${server.url}/api/session/oidc/callback`]);
  late.issuer = provider.issuer;
  expect(await begin()).toEqual({ status: 303, code: null });
});

test('R-SEC-1: fear: one address begins so many sign-ins that those of other people are dropped', async () => {
  const { start } = await ground();
  const from = (localAddress: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = get(start, { localAddress, agent: false }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
      asked.on('error', reject);
    });
  expect(await from('127.0.0.1')).toBe(303);
  // Fewer than any caller may send at once.
  const answers = await Promise.all(Array.from({ length: 290 }, () => from('127.0.0.1')));
  expect(new Set(answers)).toEqual(new Set([303, 429]));
  expect(await from('127.0.0.2')).toBe(303);
});
