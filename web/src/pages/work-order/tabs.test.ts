import { expect, test } from 'vitest';
import { firstTab, searchOf } from './tabs.ts';

test('R-UI-6: a link to a tab of an earlier version leads to where its content is now', () => {
  expect(searchOf({ tab: 'diff' })).toEqual({ tab: 'review' });
  expect(searchOf({ tab: 'output', session: 's' })).toEqual({ tab: 'activity', session: 's' });
  expect(searchOf({ tab: 'errors' })).toEqual({ tab: 'debug', part: 'errors' });
  expect(searchOf({ tab: 'debug', part: 'effects' })).toEqual({ tab: 'debug', part: 'effects' });
  expect(searchOf({ tab: 'constructor', part: 7, session: '' })).toEqual({});
});

test('R-UI-2: a published change opens with what judges it, and work under way with what it does', () => {
  expect(firstTab({ stage: 'ready_to_merge', proof: [] })).toBe('review');
  expect(firstTab({ stage: 'needs_you', proof: [{}] })).toBe('review');
  expect(firstTab({ stage: 'needs_you', proof: [] })).toBe('activity');
  expect(firstTab({ stage: 'working', proof: [{}] })).toBe('activity');
});
