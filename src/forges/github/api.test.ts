import { expect, test } from 'vitest';
import { z } from 'zod';
import type { CallHost, HostLimits } from '../call-host.ts';
import { createGitHubApi } from './api.ts';

test('fear: a GitHub behind a proxy names its next page at another address, and its lists cannot be read', async () => {
  const asked: unknown[] = [];
  const callHost: CallHost = async ({ path, query }) => {
    asked.push([path, query?.page]);
    const link = '<http://inner:8080/repositories/7/pulls?per_page=100&page=2>; rel="next"';
    const headers = query?.page === undefined ? { link } : {};
    const facts = { host: 'h', method: 'GET', path: '/', isWrite: false, timeoutMs: 1 };
    return { status: 200, headers, body: [query?.page ?? '1'], isCut: false, facts };
  };
  const api = createGitHubApi({
    host: 'h',
    repository: { owner: 'acme', name: 'api' },
    callHost,
    limits: {} as HostLimits,
    graphqlUrl: 'https://h/graphql',
  });
  expect(await api.pages({ path: '/pulls' }, z.array(z.string()))).toEqual(['1', '2']);
  expect(asked).toEqual([
    ['/repos/acme/api/pulls', undefined],
    ['/repos/acme/api/pulls', '2'],
  ]);
});
