import test from 'node:test';
import assert from 'node:assert/strict';
import { Flags } from '../src/flags.js';

const client = {
  variant: (flag: string, _user: string) => (flag === 'dark' ? { name: 'on', payload: '{"level":3}' } : undefined),
};

test('on and unknown', () => {
  const flags = new Flags(client);
  assert.equal(flags.isOn('dark', 'ada'), true);
  assert.equal(flags.isOn('nope', 'ada'), false);
});
