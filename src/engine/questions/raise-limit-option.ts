// The option to raise a limit of a day or a month: that of the whole system, of a person or of a project. Pure.

import { spanOf } from '../../domain/limits/raised-limits.ts';
import { formatUsd, nanoUsdPerUsd } from '../../domain/money.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';

const optionIds = { daily: 'raise_daily_limit', monthly: 'raise_monthly_limit' } as const;

/** Whether an option raises a limit that applies to more than one work order, which is for admins. */
export function raisesSystemLimit(optionId: string): boolean {
  return Object.values<string>(optionIds).includes(optionId);
}

/**
 * Raised by a quarter or to what is needed, rounded up to a dollar; null for a limit of another kind. `key`: of its
 * window, as in `person_day:2026-01-31:ada`.
 */
export function raiseOptionOf(
  key: string,
  { nanoUsd, neededNanoUsd }: { nanoUsd: bigint; neededNanoUsd: bigint },
): OptionDraft | null {
  const span = spanOf(key);
  if (span === null) return null;
  const quarterMore = nanoUsd + nanoUsd / 4n;
  const wanted = quarterMore > neededNanoUsd ? quarterMore : neededNanoUsd;
  const raised = ((wanted + nanoUsdPerUsd - 1n) / nanoUsdPerUsd) * nanoUsdPerUsd;
  const of = subjectIn(key);
  const whose =
    of === null ? ', for all work,' : of.kind === 'person' ? ` of ${of.subject}` : ' of the project';
  return {
    id: optionIds[span],
    kind: 'raise_limit',
    label: `Raise the ${span} limit${whose} to ${formatUsd(raised)}`,
    costNanoUsd: null,
    risk: 'high',
    chance: null,
    chanceOf: 0,
    systemLimit: span,
    ...(of === null ? {} : { limitOf: of }),
    limitNanoUsd: raised.toString(),
  };
}

/** Null for a limit of the whole system. */
function subjectIn(key: string): NonNullable<OptionDraft['limitOf']> | null {
  const [kind = '', , ...subject] = key.split(':');
  if (kind.startsWith('person_')) return { kind: 'person', subject: subject.join(':') };
  return kind.startsWith('project_') ? { kind: 'project', subject: subject.join(':') } : null;
}
