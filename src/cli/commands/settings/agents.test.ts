import { expect, test } from 'vitest';
import type { Agent } from '../../../contract/contract.ts';
import { agentLines } from './agents.ts';

const agent = (given: Partial<Agent>): Agent => ({
  name: 'codex',
  is_default: false,
  is_installed: true,
  version: '1.2.3',
  tested_version: '1.2.3',
  calls_models: true,
  circuit: 'closed',
  runs_24h: 0,
  good_24h: 0,
  last_success: null,
  login: null,
  ...given,
});
const login = {
  is_used: false,
  is_there: true,
  host: 'box',
  runs: 0,
  time_ms: 0,
  tokens: 0,
  waits_until: null,
  waits_for: null,
};

test('the list of agents says which ones are installed, with their version and login', () => {
  const lines = agentLines([
    agent({ name: 'patch', is_default: true, calls_models: false, version: 'v24.0.0', tested_version: null }),
    agent({ login }),
    agent({ name: 'pi', tested_version: '1.3.0' }),
    agent({ name: 'aider', is_installed: false, version: null }),
  ]);
  const cells = lines.map((line) => line.split(/ {2,}/).slice(0, 4));
  expect(cells).toEqual([
    ['AGENT', 'INSTALLED', 'WAY', 'LOGIN'],
    ['patch (default)', 'built in', "Moose's calls", '–'],
    ['codex', '1.2.3', 'a key', 'on box'],
    ['pi', '1.2.3 (tested with 1.3.0)', 'a key', '–'],
    ['aider', 'no', 'a key', '–'],
  ]);
});
