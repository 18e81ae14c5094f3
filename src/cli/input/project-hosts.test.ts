import { expect, test } from 'vitest';
import { hostLines } from '../lines/project-lines.ts';
import { hostChange } from './project-hosts.ts';

const now = { agent_hosts: ['a.example'], private_hosts: null };
const asked = { unconfirmed_hosts: { agents: ['b.example'], private: ['registry.internal'] } };

test('R-SEC-6: hosts are added to those that are there; none removes them', () => {
  expect(hostChange(now, {}, null)).toEqual({});
  expect(hostChange(now, { agentHost: ['c.example', 'a.example'] }, null)).toEqual({
    agentHosts: ['a.example', 'c.example'],
  });
  expect(hostChange(now, { agentHost: ['none'] }, null)).toEqual({ agentHosts: [] });
  expect(hostChange(now, { agentHost: ['none', 'd.example'] }, null)).toEqual({ agentHosts: ['d.example'] });
});

test('R-SEC-6: a person confirms exactly what the file asks for now', () => {
  expect(hostChange(now, { confirmHosts: true }, asked)).toEqual({
    agentHosts: ['a.example', 'b.example'],
    privateHosts: ['registry.internal'],
  });
  expect(hostChange(now, { confirmHosts: true }, { unconfirmed_hosts: null })).toEqual({});
});

test('R-SEC-6: a project says which hosts wait for a person, and what to do', () => {
  expect(hostLines({ name: 'api' }, asked).join('\n')).toContain(
    'for agents: b.example; at private addresses: registry.internal.\n  To confirm them: moose project set api --confirm-hosts',
  );
  expect(hostLines({ name: 'api' }, { unconfirmed_hosts: null })).toEqual([]);
});
