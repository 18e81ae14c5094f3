import { expect, test } from 'vitest';
import { changelog } from '../src/changelog';
import messages from './messages.json' with { type: 'json' };

const date = new Date('2026-04-01T12:00:00Z');

test('a changelog', () => {
  expect(changelog('1.2.3', messages, date)).toMatchSnapshot();
});

test('no commits', () => {
  expect(changelog('1.2.3', [], date)).toBe('## 1.2.4 (2026-04-01)\n');
});
