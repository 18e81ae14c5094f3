// What can be done about an outage. Pure.
import type { OptionDraft } from '../../store/escalations.ts';

export function outageOptions(): OptionDraft[] {
  const nothing = { costNanoUsd: '0', chance: null, chanceOf: 0 } as const;
  return [
    {
      ...nothing,
      id: 'wait',
      kind: 'wait',
      label: 'Wait: they go on by themselves when it is back',
      risk: 'low',
    },
    { ...nothing, id: 'cancel', kind: 'cancel', label: 'Cancel all that wait for it', risk: 'medium' },
  ];
}
