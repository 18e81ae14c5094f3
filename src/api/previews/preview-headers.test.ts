import { expect, test } from 'vitest';
import {
  crossSite,
  headersForBrowser,
  headersForDaemon,
  headersIn,
  previewCookie,
  previewCookieIn,
} from './preview-headers.ts';

const origin = 'https://abc.preview.example.org';
const place = { origin, port: 20_000 };
const secret = 'x'.repeat(43);

test('fear: a service is told who the person is to Moose', () => {
  const sent = headersForDaemon(
    {
      host: ['abc.preview.example.org'],
      cookie: [`theme=dark; __Host-moose_preview=${secret}`, `moose_session=${secret}; a=b=c; flag`],
      'x-forwarded-email': ['ada@example.org'],
      'x-forwarded-for': ['192.0.2.1'],
      forwarded: ['for=192.0.2.1'],
      'proxy-authorization': ['Basic eA=='],
      connection: ['keep-alive, X-Secret'],
      'x-secret': ['1'],
      'x-other': ['1', '2'],
      origin: [origin],
      referer: [`${origin}/page?x=1`],
    },
    place,
  );
  expect(sent).toEqual({
    host: 'localhost:20000',
    cookie: 'theme=dark; a=b=c; flag',
    'x-other': ['1', '2'],
    origin: 'http://localhost:20000',
    referer: 'http://localhost:20000/page?x=1',
  });
  const ours = headersForDaemon(
    { cookie: [`moose_preview=${secret}`], referer: ['https://moose.example.org/'] },
    place,
  );
  expect(ours).toEqual({ host: 'localhost:20000' });
});

test.each([
  ...['authorization', 'x-auth-request-access-token', 'x-authentik-jwt', 'remote-user', 'x-remote-user'],
  ...['x-pomerium-jwt-assertion', 'tailscale-user-login', 'cf-access-jwt-assertion', 'x-amzn-oidc-data'],
  ...[
    'x-goog-iap-jwt-assertion',
    'x-ms-client-principal',
    'x-ms-token-aad-access-token',
    'x-ssl-client-cert',
  ],
])('R-SEC-4: fear: a service that an agent wrote gets the %s of its visitor', (name) => {
  const given = { [name]: ['proof'], accept: ['*/*'] };
  expect(headersForDaemon(given, place)).toEqual({ host: 'localhost:20000', accept: '*/*' });
});

test('R-SEC-4: fear: a service gets the session of its visitor at the proxy in front of Moose', () => {
  const cookie = ['_oauth2_proxy=a; _oauth2_proxy_csrf=b; CF_Authorization=c; authelia_session=d; mine=e'];
  expect(headersForDaemon({ cookie }, place)).toMatchObject({ cookie: 'mine=e' });
});

test('names that every object has are names as any other', () => {
  const names = ['constructor', '__proto__', 'hasownproperty', 'tostring'];
  const given = headersIn({ rawHeaders: ['Constructor', 'a', ...names.flatMap((name) => [name, 'b'])] });
  const all = names.map((name) => [name, name === 'constructor' ? ['a', 'b'] : 'b']);
  expect(Object.entries(headersForDaemon(given, place))).toEqual([...all, ['host', 'localhost:20000']]);
  expect(Object.entries(headersForBrowser(given, place))).toEqual(all);
});

test('fear: the end of a body is told twice, so that a second request can hide in the first', () => {
  const given = { 'content-length': ['3'], 'transfer-encoding': ['chunked'] };
  expect(headersForDaemon(given, place)).toEqual({
    host: 'localhost:20000',
    'transfer-encoding': 'chunked',
  });
  expect(headersForDaemon({ 'content-length': ['3'] }, place)).toMatchObject({ 'content-length': '3' });
});

test('fear: a service reaches beyond the host name of its preview', () => {
  const sent = headersForBrowser(
    {
      'set-cookie': [
        'a=1; Domain=example.org; Path=/',
        'b=2; path=/x;DOMAIN = .example.org;Secure',
        '__Host-moose_preview=mine; Path=/',
        ' moose_session=mine',
        'c=3;domain',
      ],
      'clear-site-data': ['"cookies"'],
      'alt-svc': ['h3=":443"'],
      connection: ['close'],
      'content-type': ['text/html'],
    },
    place,
  );
  expect(sent).toEqual({
    'set-cookie': ['a=1; Path=/', 'b=2; path=/x;Secure', 'c=3'],
    'content-type': 'text/html',
  });
});

test.each([
  ['/next', '/next'],
  ['http://localhost:20000/next?a#b', `${origin}/next?a#b`],
  ['http://127.0.0.1:20000', origin],
  ['http://localhost:20001/', 'http://localhost:20001/'],
  ['http://localhost:20000.evil.example/', 'http://localhost:20000.evil.example/'],
  ['https://login.example.com/', 'https://login.example.com/'],
])('a redirect to %s leads to %s', (location, to) => {
  expect(headersForBrowser({ location: [location] }, place)).toEqual({ location: to });
});

test('over TLS, the cookie of a preview can be set by its own host name only', () => {
  expect(previewCookie(origin, secret, 3_600)).toBe(
    `__Host-moose_preview=${secret}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure`,
  );
  expect(previewCookie('http://abc.localhost:4318', secret, 60)).toBe(
    `moose_preview=${secret}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax`,
  );
  expect(previewCookieIn(`a=b; __Host-moose_preview=${secret}`, origin)).toBe(secret);
  expect(previewCookieIn(`moose_preview=${secret}`, origin)).toBeNull();
  expect(previewCookieIn(`__Host-moose_preview=${secret}x`, origin)).toBeNull();
});

test.each([
  [{}, true],
  [{ 'sec-fetch-site': 'none' }, true],
  [{ origin, 'sec-fetch-site': 'same-origin' }, true],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, true],
  [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, false],
  [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, false],
  [{ origin: 'https://def.preview.example.org' }, false],
  [{ origin: 'null' }, false],
])('a request with %j is let in: %s', (headers, isIn) => {
  expect(crossSite(headers, origin) === null).toBe(isIn);
});
