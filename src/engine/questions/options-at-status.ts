// The options of a question that is not about the end of a run. Pure.
import type { OptionKind } from '../../domain/people/escalation.ts';
import type { Status } from '../../domain/transitions.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { Options } from './options.ts';

const idsAt: Readonly<Record<Status, readonly string[]>> = {
  pending: ['leave', 'cancel'],
  in_progress: ['leave', 'cancel'],
  needs_review: ['retry', 'undo', 'cancel'],
  failed: ['retry', 'cancel'],
  completed: ['leave', 'undo'],
  cancelled: ['leave', 'undo'],
};

export function optionsAtStatus({ status, step }: Pick<WorkOrder, 'status' | 'step'>): Options {
  const labels: Record<string, { kind: OptionKind; label: string }> = {
    leave: { kind: 'wait', label: 'Leave it as it is' },
    retry: { kind: 'retry', label: `Retry from ${step ?? 'routing'}` },
    undo: { kind: 'undo', label: 'Undo everything done for it' },
    cancel: { kind: 'cancel', label: 'Cancel it and keep its branch' },
  };
  const options = idsAt[status].map((id): OptionDraft => {
    const { kind = 'wait', label = id } = labels[id] ?? {};
    const costs = kind === 'retry' ? null : '0';
    return {
      id,
      kind,
      label,
      costNanoUsd: costs,
      risk: 'low',
      chance: null,
      chanceOf: 0,
      ...(kind === 'retry' ? { from: step ?? 'routing' } : {}),
    };
  });
  return { options, recommended: options[0]?.id ?? 'leave' };
}
