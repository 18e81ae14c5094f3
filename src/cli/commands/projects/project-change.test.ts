import { expect, test } from 'vitest';
import { directorChange } from '../../input/director-limits.ts';
import { noneOr } from '../../input/none-or.ts';
import { filesOf, intakeChange, sessionsChange, subtasksText } from './project-change.ts';

const contradictory = expect.objectContaining({ code: 'OPTION_CONTRADICTORY' });

test('R-UI-7: fear: what is named beside "none" is dropped, and the command reports success', () => {
  expect(noneOr('--check', ['none'])).toBeNull();
  expect(noneOr('--check', ['test=true', 'lint=true'])).toEqual(['test=true', 'lint=true']);
  expect(() => noneOr('--check', ['none', 'test=true'])).toThrow(contradictory);
  expect(() => filesOf(['.env', 'none'])).toThrow(contradictory);
  expect(() => filesOf(['repository', '.env'])).toThrow(contradictory);
  expect(() => intakeChange({ forgeProgram: ['none', 'renovate[bot]'] })).toThrow(contradictory);
  expect(() => directorChange(['cost_usd=5', 'default'])).toThrow(contradictory);
});

test('"none" alone, and "repository" alone, keep their meaning', () => {
  expect([filesOf(['none']), filesOf(['repository']), filesOf(['.env'])]).toEqual([[], null, ['.env']]);
  expect(directorChange(['default'])).toEqual({ director: null });
});

test('R-AGENT-4: --subtasks says what agents may ask for, and each mode has its words', () => {
  expect(sessionsChange({ subtasks: 'ask' })).toEqual({ subtasks: 'ask' });
  expect(sessionsChange({})).toEqual({});
  expect(subtasksText({ subtasks: 'ask' })).toBe('agents may ask for them; a person approves each one');
});
