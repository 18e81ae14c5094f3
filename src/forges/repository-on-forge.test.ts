import { expect, test } from 'vitest';
import { repositoryOnForge } from './repository-on-forge.ts';

const hosts = [
  { host: 'github.com', kind: 'github' },
  { host: 'git.example.org:3000', kind: 'gitea' },
  { host: 'gitlab.example.org', kind: 'gitlab' },
];

test.each([
  ['https://github.com/acme/api.git', 'github.com', 'acme/api'],
  ['https://x-access-token:abc@github.com/acme/api.git', 'github.com', 'acme/api'],
  ['https://GitHub.com/acme/api/', 'github.com', 'acme/api'],
  ['git@github.com:acme/api.git', 'github.com', 'acme/api'],
  ['ssh://git@ssh.github.com:443/acme/api', 'github.com', 'acme/api'],
  ['http://git.example.org:3000/acme/api', 'git.example.org:3000', 'acme/api'],
  ['http://git.example.org:3000/below/acme/api', 'git.example.org:3000', 'acme/api'],
  ['ssh://git@git.example.org:2222/acme/api.git', 'git.example.org:3000', 'acme/api'],
  ['git@gitlab.example.org:group/team/api.git', 'gitlab.example.org', 'group/team/api'],
])('R-PIPE-7: %s is a repository of %s', (address, host, path) => {
  expect(repositoryOnForge(address, hosts)).toEqual({ host: hosts.find((each) => each.host === host), path });
});

test.each([
  'https://github.com.evil.example/acme/api',
  'https://evil.example/github.com/acme/api',
  'https://git.example.org/acme/api',
  'https://github.com/api',
  'file:///srv/acme/api',
  'ext::sh -c id',
  'https://github.com/acme%2F..%2Fapi%2F..',
  'https://github.com/..%2Fuser',
  'https://gitlab.example.org/group%2F..%2Fother/api',
])('fear: %s is taken for a repository of a registered forge', (address) => {
  expect(repositoryOnForge(address, hosts)).toBeNull();
});

test.each([
  ['git.example.net:443', 'https://git.example.net/acme/api'],
  ['git.example.net:443', 'https://git.example.net:443/acme/api'],
  ['git.example.net', 'https://git.example.net:443/acme/api'],
  ['git.example.net:80', 'http://git.example.net/acme/api'],
])('fear: %s is registered, and %s is on no forge', (host, address) => {
  expect(repositoryOnForge(address, [{ host, kind: 'gitea' }])).toMatchObject({ path: 'acme/api' });
});

test.each([
  ['git.example.net:443', 'http://git.example.net/acme/api'],
  ['git.example.net:80', 'https://git.example.net/acme/api'],
])('a forge at %s is not the one at %s', (host, address) => {
  expect(repositoryOnForge(address, [{ host, kind: 'gitea' }])).toBeNull();
});

test('an ssh host that two registered forges match belongs to neither', () => {
  const two = [...hosts, { host: 'git.example.org', kind: 'gitea' }];
  expect(repositoryOnForge('git@git.example.org:acme/api.git', two)).toBeNull();
});

test('fear: an address with a wrong encoding stops every call of git and every look at a forge', () => {
  const path = 'acme/%zz';
  expect(repositoryOnForge('https://github.com/acme/%zz', hosts)).toMatchObject({ path });
});
