// Shows two versions of a plan: why the first was refused, and what the second changed.
import type { SpecPlanChanges } from '../../contract/contract.ts';
import { paint } from '../terminal/printer.ts';

const wordOf = { plan: '', work_order: 'work order ', contract: 'contract ' } as const;

export function changeLines({ before, after, items }: SpecPlanChanges): string[] {
  const { version, made_by, because, problems, is_aside } = after;
  return [
    ...(before === null ? [] : ['']),
    `${paint('bold', `version ${version}`)} by ${made_by}: ${because}${is_aside ? ' (not used)' : ''}`,
    ...items.flatMap(({ of, name, what, fields }) => [
      `  ${what} ${of === 'plan' ? 'the plan' : `${wordOf[of]}${name}`}`,
      ...(what === 'removed' ? [] : fields.flatMap(fieldLines)),
    ]),
    ...(before !== null && items.length === 0 ? [`  the same as version ${before.version}`] : []),
    ...(problems.length === 0 ? ['  valid'] : [paint('red', '  refused:')]),
    ...problems.map(({ message }) => `  - ${message}`),
  ];
}

function fieldLines({ field, before, after }: SpecPlanChanges['items'][number]['fields'][number]): string[] {
  return [
    `    ${field}:`,
    ...linesOf(before).map((line) => paint('red', `    - ${line}`)),
    ...linesOf(after).map((line) => paint('green', `    + ${line}`)),
  ];
}

/** Empty text gives no lines: the other side shows what was removed or added. */
const linesOf = (text: string | null) => (text === null || text === '' ? [] : text.split('\n'));
