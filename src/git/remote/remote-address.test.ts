import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRemoteAddress, readRemoteAddress, shownAddress } from './remote-address.ts';

const urlOf = (text: string) => readRemoteAddress(text).url;

test.each([
  ['https://github.com/acme/api', 'https://github.com/acme/api', 'api'],
  ['https://github.com/acme/api.git', 'https://github.com/acme/api', 'api'],
  ['HTTPS://GitHub.com:443/acme/api.git/', 'https://github.com/acme/api', 'api'],
  ['https://ada@bitbucket.org/acme/api.git', 'https://bitbucket.org/acme/api', 'api'],
  [' https://git.acme.example:8443//a/b/c/ ', 'https://git.acme.example:8443/a/b/c', 'c'],
  ['http://127.0.0.1:3000/acme/api.git', 'http://127.0.0.1:3000/acme/api', 'api'],
  ['http://[::1]:3000/acme/api', 'http://[::1]:3000/acme/api', 'api'],
  ['git@github.com:acme/api.git', 'ssh://git@github.com/acme/api', 'api'],
  ['git@GitHub.com:/acme/api/', 'ssh://git@github.com/acme/api', 'api'],
  ['ssh://git@github.com:22/acme/api.git', 'ssh://git@github.com/acme/api', 'api'],
  ['ssh://git@github.com/acme/api', 'ssh://git@github.com/acme/api', 'api'],
  ['ssh://git@git.acme.example:2222/acme/api', 'ssh://git@git.acme.example:2222/acme/api', 'api'],
  ['ada@server:repositories/api.git', 'ssh://ada@server/~/repositories/api', 'api'],
  ['ada@server:~/repositories/api', 'ssh://ada@server/~/repositories/api', 'api'],
  ['ada@server:/srv/api.git', 'ssh://ada@server/srv/api', 'api'],
  ['server:/srv/api.git', 'ssh://server/srv/api', 'api'],
  ['file:///srv/git/api.git', 'file:///srv/git/api', 'api'],
  ['file://localhost/srv/git/my%20api/', 'file:///srv/git/my%20api', 'my api'],
])('R-PROJ-1: %s is the project %s', (given, url, name) => {
  expect(isRemoteAddress(given.trim())).toBe(true);
  expect(readRemoteAddress(given)).toMatchObject({ url, name });
});

test('R-PROJ-1: git is called with the given address, without the user name for HTTP', () => {
  expect(readRemoteAddress('https://ada@GitHub.com/acme/api.git').address).toBe(
    'https://github.com/acme/api.git',
  );
  expect(readRemoteAddress('ada@server:repositories/api.git').address).toBe(
    'ada@server:repositories/api.git',
  );
  expect(readRemoteAddress('file:///srv/api.git').address).toBe('file:///srv/api.git');
});

test.each([
  'https://ada:secret@github.com/acme/api',
  'https://x-access-token:ghp_0123456789abcdefghijABCDEFGHIJ012345@github.com/acme/api',
  'https://ghp_0123456789abcdefghijABCDEFGHIJ012345@github.com/acme/api',
  'ssh://git:secret@github.com/acme/api',
  'ada:secret@github.com/acme/api',
  'ada:secret@github.com:acme/api',
])('R-PROJ-1: a password or token in an address is refused, and never shown: %s', (given) => {
  expect(() => readRemoteAddress(given)).toThrow(
    expect.objectContaining({
      code: 'REMOTE_URL_HAS_SECRET',
      message: expect.not.stringMatching(/secret@|ghp_|:secret/),
      advice: expect.stringContaining('credential helper'),
    }),
  );
});

test.each([
  ['https://ada:sec/ret@github.com/acme/api', 'https://***@github.com/acme/api'],
  ['https://ada:sec\nret@github.com/acme/api', 'https://***@github.com/acme/api'],
  ['x://ada:sec ret@github.com/acme/api', 'x://***@github.com/acme/api'],
  ['ada:sec@ret@github.com/acme/api', '***@github.com/acme/api'],
])('R-SEC-4: the message about a refused address has no password: %j', (given, expected) => {
  expect(shownAddress(given)).toBe(expected);
  expect(() => readRemoteAddress(given)).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/sec|ret/) }),
  );
});

test('a path is shown unchanged', () => {
  for (const path of ['/srv/a@b/c', './a@b', '../c@d']) expect(shownAddress(path)).toBe(path);
});

describe('R-PROJ-1: an invalid address is refused with a sentence', () => {
  test.each([
    ['git://github.com/acme/api', 'REMOTE_URL_INVALID'],
    ['ext::sh -c "touch /tmp/x"', 'REMOTE_INVALID'],
    ['-oProxyCommand=x@host:path', 'REMOTE_INVALID'],
    ['ssh://-oProxyCommand=x/path', 'REMOTE_URL_INVALID'],
    ['ssh://-o@host/path', 'REMOTE_URL_INVALID'],
    ['https://github.com/', 'REMOTE_URL_INVALID'],
    ['https://github.com/acme/api?token=1', 'REMOTE_URL_INVALID'],
    ['https://github.com/acme/api#main', 'REMOTE_URL_INVALID'],
    ['file://elsewhere/srv/api', 'REMOTE_URL_INVALID'],
    ['git@github.com:', 'REMOTE_URL_INVALID'],
    ['https://', 'REMOTE_URL_INVALID'],
    ['https://a\nb/c', 'REMOTE_URL_INVALID'],
    ['', 'REMOTE_INVALID'],
    ['/srv/api', 'REMOTE_URL_INVALID'],
  ])('%s', (given, code) => {
    expect(() => readRemoteAddress(given)).toThrow(expect.objectContaining({ code }));
  });
});

test.each(['/srv/api', './api', '.', 'api', '~/a:b', 'C:\\api', 'C:/api', 'a/b:c'])(
  'R-PROJ-1: %s is a path on this machine',
  (given) => expect(isRemoteAddress(given)).toBe(false),
);

const word = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,8}[a-z0-9]$/);
const host = fc.tuple(word, fc.constantFrom('example', 'test')).map((parts) => parts.join('.'));

test('R-PROJ-1: every spelling of an address is one project, and its own canonical form', () => {
  const spelling = fc.record({
    host,
    owner: word,
    repository: word,
    isUpper: fc.boolean(),
    suffix: fc.constantFrom('', '/', '.git', '.git/', '//'),
    form: fc.constantFrom('https', 'ssh', 'scp'),
  });
  fc.assert(
    fc.property(spelling, ({ host: name, owner, repository, isUpper, suffix, form }) => {
      const where = isUpper ? name.toUpperCase() : name;
      const path = `${owner}/${repository}`;
      const written = {
        https: `https://${where}/${path}${suffix}`,
        ssh: `ssh://git@${where}/${path}${suffix}`,
        scp: `git@${where}:${path}${suffix}`,
      }[form];
      const canonical = form === 'https' ? `https://${name}/${path}` : `ssh://git@${name}/${path}`;
      expect(urlOf(written)).toBe(canonical);
      expect(urlOf(canonical)).toBe(canonical);
      expect(readRemoteAddress(written).name).toBe(repository);
    }),
  );
});

test.each([
  ['host:LvY^<', 'ssh://host/~/LvY%5E%3C', 'LvY^<'],
  ['host:a#b?c', 'ssh://host/~/a%23b%3Fc', 'a#b?c'],
  ['host:100%25', 'ssh://host/~/100%2525', '100%25'],
  ['git@host:acme/über api.git', 'ssh://git@host/acme/%C3%BCber%20api', 'über api'],
  ['https://host/a.git.git', 'https://host/a', 'a'],
  ['https://host/..git', 'https://host/..git', '..git'],
])('fear: the canonical form of %s is another address when it is read again', (given, url, name) => {
  expect(readRemoteAddress(given)).toMatchObject({ url, name });
  expect(urlOf(url)).toBe(url);
});

test('fear: a path that goes up, or reads as another one, makes two repositories one project', () => {
  expect(() => urlOf('host:../api')).toThrow(/".." part/);
  expect(() => urlOf('file:///W|.git')).toThrow(/changes when/);
});

test('R-PROJ-1: whatever is given, it is refused, or the canonical form is stable and has no password', () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (given) => {
      let url: string;
      try {
        url = urlOf(given);
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^REMOTE_/) });
        return;
      }
      expect(urlOf(url)).toBe(url);
      expect(url).not.toMatch(/:\/\/[^/]*:[^/@]*@/);
    }),
  );
});
