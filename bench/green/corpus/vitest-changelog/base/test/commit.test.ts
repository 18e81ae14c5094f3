import { describe, expect, test } from 'vitest';
import { parseCommit } from '../src/commit';

describe('a commit', () => {
  test.each([
    ['fix: x', { type: 'fix', subject: 'x', breaking: false }],
    ['feat(api): y', { type: 'feat', scope: 'api', subject: 'y', breaking: false }],
    ['wip', { type: 'other', subject: 'wip', breaking: false }],
    ['feat: z\n\nBREAKING CHANGE: all new', { type: 'feat', subject: 'z', breaking: true }],
  ])('%j', (message, expected) => {
    expect(parseCommit(message)).toEqual(expected);
  });
});
