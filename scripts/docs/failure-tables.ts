import { type FailureClass, failureCategories, failureClasses } from '../../src/domain/failure.ts';
import { aboutCategories } from '../../src/domain/failure-categories.ts';
import { markdownTable } from './markdown-table.ts';

// A new class in the code has no description here yet, and fails the type check.

const classes: Record<FailureClass, { happened: string; example: string }> = {
  compile_error: { happened: 'The code does not compile or type-check.', example: '`error TS2322`' },
  contract_violation: {
    happened:
      'An interface or schema that others rely on changed, the change conflicts with its base branch, or its edits do not fit the files.',
    example: 'a field that was removed from a response',
  },
  test_fail: {
    happened: 'The code compiles, and a test says that it is wrong.',
    example: '`1 failed, 41 passed`',
  },
  lint_error: { happened: 'A linter or formatter refuses the code.', example: '`no-unused-vars`' },
  orchestration_error: {
    happened: 'Moose or something that it works with failed, rather than the work itself.',
    example: 'a worktree that cannot be made, a forge that is away',
  },
  budget_exceeded: {
    happened: 'The next call would go past a limit.',
    example: 'the day’s limit is reached',
  },
  dependency_missing: {
    happened: 'Something that the work needs is not installed.',
    example: '`Cannot find module`, `command not found`',
  },
  timeout: {
    happened: 'It took longer than its limit.',
    example: 'an agent that was stopped after five minutes',
  },
  unknown: { happened: 'No rule matched.', example: 'a program that exits with 1 and says nothing' },
};

export function failureClassesTable(): string {
  const rows = failureClasses.map((each) => [`\`${each}\``, classes[each].happened, classes[each].example]);
  return markdownTable(['failure class', 'what happened', 'for example'], rows);
}

export function failureCategoriesTable(): string {
  const rows = failureCategories.map((each) => [
    `\`${each}\``,
    aboutCategories[each].means,
    aboutCategories[each].follows,
  ]);
  return markdownTable(['category', 'what it means', 'what follows'], rows);
}
