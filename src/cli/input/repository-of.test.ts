import { expect, test } from 'vitest';
import { repositoryOf } from './repository-of.ts';

const server = 'https://moose.example.org';

test('R-DIST-2: on a server, a repository is a remote or an absolute path of that machine', () => {
  for (const place of ['https://github.com/acme/api', '/srv/api'])
    expect(repositoryOf(place, server)).toBe(place);
  expect(() => repositoryOf('.', server)).toThrow(/is a folder on this machine/);
  expect(repositoryOf('.', null)).toBe(process.cwd());
});
