import { expect, test } from 'vitest';
import { addedHosts, agentHosts, checkHosts, unconfirmedHosts } from './egress-consent.ts';

const internal = { host: 'Registry.internal:8443', private: true };

test('R-SEC-6: fear: the file of a repository gives itself a private address', () => {
  const hosts = checkHosts({ egress: ['a.example', internal, '10.0.0.5'] }, {});
  expect(hosts.map(({ host }) => host)).toEqual(['a.example', 'registry.internal', '10.0.0.5']);
  expect(hosts.some(({ isPrivate }) => isPrivate)).toBe(false);
});

test('R-SEC-6: a private host that a person gives is reached, whether the file asks for it or not', () => {
  const given = { private_hosts: ['registry.internal:8443'] };
  const consented = { host: 'registry.internal', port: 8_443, isPrivate: true };
  expect(checkHosts({}, given)).toEqual([consented]);
  expect(checkHosts({ egress: [internal] }, given)).toContainEqual(consented);
  expect(unconfirmedHosts({ egress: [internal] }, given)).toEqual({ agents: [], private: [] });
});

test('R-SEC-6: fear: the file of a repository gives hosts to agents', () => {
  const asked = { agent_egress: ['docs.example', internal] };
  expect(agentHosts({})).toEqual([]);
  expect(unconfirmedHosts(asked, {})).toEqual({
    agents: ['docs.example', 'registry.internal:8443'],
    private: ['registry.internal:8443'],
  });
});

test('R-SEC-6: an agent reaches a private address only where a person gives both', () => {
  const agents = { agent_hosts: ['docs.internal', 'docs.example'] };
  expect(agentHosts(agents).map(({ isPrivate }) => isPrivate)).toEqual([false, false]);
  expect(agentHosts({ ...agents, private_hosts: ['*.internal'] }).map(({ isPrivate }) => isPrivate)).toEqual([
    true,
    false,
  ]);
});

test('R-SEC-6: a confirmed pattern covers what is below it, and nothing else', () => {
  const missing = (agent_egress: string[], agent_hosts: string[]) =>
    unconfirmedHosts({ agent_egress }, { agent_hosts }).agents;
  expect(missing(['a.docs.example', '*.docs.example'], ['*.docs.example'])).toEqual([]);
  expect(missing(['docs.example', '*.example', 'a.docs.example:8443'], ['*.docs.example'])).toEqual([
    'docs.example',
    '*.example',
    'a.docs.example:8443',
  ]);
  // Without a port, an entry stands for two.
  expect(missing(['docs.example'], ['docs.example:443'])).toEqual(['docs.example']);
  expect(missing(['docs.example:443'], ['docs.example'])).toEqual([]);
});

test('R-SEC-6: a person who wants no host is not asked again', () => {
  const asked = { agent_egress: ['docs.example'], egress: [internal] };
  expect(unconfirmedHosts(asked, { agent_hosts: [], private_hosts: [] })).toEqual({
    agents: [],
    private: [],
  });
});

test('R-SEC-6: only what was not allowed before is wider', () => {
  expect(addedHosts(null, ['a.example'])).toEqual(['a.example']);
  expect(addedHosts([], ['a.example'])).toEqual(['a.example']);
  expect(addedHosts(['a.example'], ['a.example', 'b.example'])).toEqual(['b.example']);
  expect(addedHosts(['*.example'], ['a.example'])).toEqual([]);
  expect(addedHosts(['a.example'], [])).toEqual([]);
  expect(addedHosts(['a.example'], null)).toEqual([]);
  expect(addedHosts(['a.example'], undefined)).toEqual([]);
});
