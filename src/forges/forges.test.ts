import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import type { Forge } from '../engine/ports/forge.ts';
import { keepForgeHost, removeForgeHost } from '../store/work/pull-requests/forge-hosts.ts';
import { createForges } from './forges.ts';

const shared = sharedDatabase();

function forgesFor(remote: string) {
  const built: string[] = [];
  const forges = createForges({
    database: shared(),
    adapters: {
      gitea: ({ host, path }) => {
        built.push(`${host.host} ${path}`);
        const gitCredentials = async () => ({ user: 'moose', password: 'secret', expiresAt: null });
        return { kind: 'gitea', host: host.host, repository: path, gitCredentials } as Forge;
      },
    },
    remoteOf: async () => remote,
    locate: async () => ({ repositoryPath: '/nowhere', remoteUrl: '/nowhere' }),
  });
  return { of: () => forges.of(randomUUID()), loginFor: forges.loginFor, built };
}

const registered = (host: string, kind: 'gitea' | 'gitlab') =>
  keepForgeHost(shared().query, {
    host,
    kind,
    apiUrl: `https://${host}/api/v1`,
    createdBy: 'human:test',
    credential: JSON.stringify({ source: 'env', name: 'TOKEN' }),
    webhookSecret: null,
  });

test('R-PIPE-7: the host of the remote chooses the forge; a host that nobody registered has the local one', async () => {
  await registered('git.example.org', 'gitea');
  const ours = forgesFor('https://git.example.org/acme/api.git');
  expect(await ours.of()).toMatchObject({ kind: 'gitea', repository: 'acme/api' });
  expect(ours.built).toEqual(['git.example.org acme/api']);
  for (const remote of ['https://example.org/acme/api.git', '/srv/acme/api.git', 'ext::sh'])
    expect(await forgesFor(remote).of()).toMatchObject({ kind: 'local', hasChecks: false });
  expect(await removeForgeHost(shared().query, 'git.example.org')).toBe(true);
  expect(await removeForgeHost(shared().query, 'git.example.org')).toBe(false);
  expect(await forgesFor('https://git.example.org/acme/api.git').of()).toMatchObject({ kind: 'local' });
});

test('a registered forge that this version cannot use is an error, not the local forge', async () => {
  await registered('lab.example.org', 'gitlab');
  const unsupported = { code: 'FORGE_KIND_UNSUPPORTED', advice: expect.any(String) };
  await expect(forgesFor('https://lab.example.org/acme/api').of()).rejects.toMatchObject(unsupported);
});

test('R-SEC-4: fear: an address without encryption gets the login of a forge that has it', async () => {
  await registered('safe.example.org', 'gitea');
  const { loginFor } = forgesFor('/nowhere');
  const login = { user: 'moose', password: 'secret' };
  expect(await loginFor('https://safe.example.org/acme/api')).toMatchObject(login);
  expect(await loginFor('http://safe.example.org/acme/api')).toBeNull();
});
