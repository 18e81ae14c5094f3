// Asks a person about what only people can change on the forge, while the work order waits on: it continues by itself when
// that has changed, whatever was answered. Once per commit and subject; work orders that one cause stops share a question.
import type { Query } from '../../../store/database.ts';
import { leaveEscalations } from '../../../store/failures/escalation-members.ts';
import type { OptionDraft } from '../../../store/failures/escalations.ts';
import { askHuman, askTogether } from '../../questions/ask-human.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { stuckKey } from '../../watch/stuck-work-job.ts';
import type { LookContext } from '../follow-deps.ts';
import type { Found } from '../found.ts';
import type { Followed } from '../next/followed.ts';
import type { Asked } from '../next/next-of-facts.ts';
import { waitingFailure } from '../pull-request-failures.ts';

const unknown = { chance: null, chanceOf: 0, costNanoUsd: '0' } as const;
const optionsOf = (isShared: boolean): OptionDraft[] => [
  {
    ...unknown,
    id: 'wait',
    kind: 'wait',
    risk: 'low',
    label: isShared ? 'Wait: they continue when it has changed' : 'Wait: it continues when it has changed',
  },
  {
    ...unknown,
    id: 'cancel',
    kind: 'cancel',
    risk: 'medium',
    label: isShared ? 'Cancel all of them and keep their branches' : 'Cancel it and keep its branch',
  },
];

/** What is remembered of the question, and what asks or withdraws it in the transaction of the look. */
export function askedWhileWaiting(
  context: LookContext,
  found: Found,
  asking: Asked | 'as before' | undefined,
): { asked: Followed['asked']; ask: (query: Query) => Promise<void> } {
  const before = context.followed.asked;
  if (asking === 'as before') return { asked: before, ask: async () => undefined };
  if (asking === undefined) return { asked: null, ask: (query) => stopAsking(query, context) };
  const groupKey = asking.shared ? keyOf(context, asking.shared) : null;
  const asked = { sha: found.seen.headSha, code: asking.code, groupKey };
  const isAsked = JSON.stringify(asked) === JSON.stringify(before);
  return {
    asked,
    ask: async (query) => {
      if (isAsked) return;
      await stopAsking(query, context);
      await ask(query, context, found, asking, groupKey);
    },
  };
}

/** The account that pays, and lets workflows run, is the owner of the repository. */
function keyOf({ row }: LookContext, kind: string): string {
  return `cause:ci:${kind}:${row.host}/${row.repository.split('/')[0] ?? ''}`;
}

async function ask(
  query: Query,
  { order, row }: LookContext,
  found: Found,
  asking: Asked,
  groupKey: string | null,
): Promise<void> {
  const failure = waitingFailure({ order, row, found }, asking);
  const question = {
    failureClass: failure.failureClass,
    code: failure.code,
    component: failure.component,
    operation: failure.operation,
    title: failure.message,
    context: {
      code: failure.code,
      step: order.step,
      because: asking.because,
      advice: failure.advice,
      evidence: failure.metadata,
    },
    options: optionsOf(groupKey !== null),
    recommendedOption: 'wait',
  };
  await withdraw(query, { groupKey: stuckKey(order.id) }, 'another question replaces it');
  if (groupKey === null) await askHuman(query, { ...question, workOrderId: order.id });
  else await askTogether(query, { ...question, groupKey }, order.id);
}

/** A shared question for which no work order waits any more is withdrawn by its job. */
export async function stopAsking(
  query: Query,
  { order: { id }, followed: { asked } }: Pick<LookContext, 'order' | 'followed'>,
): Promise<void> {
  if (asked === null) return;
  if (asked.groupKey === null) await withdraw(query, { workOrderId: id }, 'its pull request can continue');
  else await leaveEscalations(query, id);
}
