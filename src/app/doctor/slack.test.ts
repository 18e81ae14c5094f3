import { expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { diagnoseSlack } from './slack.ts';

const secret = { MOOSE_SLACK_SIGNING_SECRET: 'a-signing-secret' };
const channel = { ...secret, MOOSE_SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T/B/x' };
const address = { ...channel, MOOSE_BASE_URL: 'https://moose.example.org' };
const found = (environment: Record<string, string>) => diagnoseSlack(readConfig(environment).interfaces);

test('R-BASE-4: the doctor names what buttons in Slack still need', () => {
  expect(found({})).toEqual([]);
  expect(found(secret)).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('MOOSE_SLACK_WEBHOOK_URL') },
  ]);
  expect(found(channel)).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('MOOSE_BASE_URL') },
  ]);
  expect(found(address)).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('MOOSE_SLACK_PEOPLE') },
  ]);
  expect(found({ ...address, MOOSE_SLACK_PEOPLE: 'U012AB3CD=ada@example.org, W2AB=bob' })).toMatchObject([
    { state: 'ok', found: '2 people' },
  ]);
});

test.each(['ada@example.org', 'U012AB3CD=', 'u012=ada', 'U012AB3CD'])(
  '%s is not a person in Slack',
  (given) => {
    expect(() => readConfig({ MOOSE_SLACK_PEOPLE: given })).toThrow('MOOSE_SLACK_PEOPLE');
  },
);
