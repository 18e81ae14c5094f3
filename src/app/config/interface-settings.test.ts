import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createNotifiers } from '../notifiers.ts';
import { readConfig } from './config.ts';

test('by default there are no notifications, and only this machine has access', () => {
  const { interfaces } = readConfig({});
  expect(interfaces).toMatchObject({ port: 4317, bind: '127.0.0.1', baseUrl: null, githubSecret: null });
  expect(createNotifiers(interfaces)).toEqual([]);
});

test('each address makes a channel; Moose’s own address is an origin', () => {
  const { interfaces } = readConfig({
    MOOSE_SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x',
    MOOSE_DISCORD_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/x',
    MOOSE_WEBHOOK_URL: 'http://127.0.0.1:1/x',
    MOOSE_BASE_URL: 'https://moose.example.org/',
    MOOSE_PORT: '0',
  });
  expect(createNotifiers(interfaces).map(({ name }) => name)).toEqual(['slack', 'discord', 'webhook']);
  expect(interfaces).toMatchObject({ baseUrl: 'https://moose.example.org', port: 0 });
});

test('R-SEC-4: an invalid address is refused by the name of its variable, without showing it', () => {
  for (const name of ['MOOSE_SLACK_WEBHOOK_URL', 'MOOSE_DISCORD_WEBHOOK_URL', 'MOOSE_WEBHOOK_URL'])
    for (const wrong of ['SECRET', 'ftp://host/SECRET', 'https://user:SECRET@host/', 'file:///SECRET']) {
      const read = () => readConfig({ [name]: wrong });
      expect(read).toThrow(name);
      expect(inspect(thrownBy(read), { depth: 9 })).not.toContain('SECRET');
    }
});

test.each([
  ['MOOSE_PORT', '70000'],
  ['MOOSE_PORT', '-1'],
  ['MOOSE_PORT', 'http'],
  ['MOOSE_BASE_URL', 'moose.example.org'],
  ['MOOSE_BASE_URL', 'https://moose.example.org/below'],
  ['MOOSE_BASE_URL', 'https://moose.example.org/?a'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('Nothing was thrown');
}
