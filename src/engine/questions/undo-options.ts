// The options if something could not be undone. Pure.
import type { OptionDraft } from '../../store/failures/escalations.ts';

export function undoOptions(): [undo: OptionDraft, leave: OptionDraft] {
  const nothing = { costNanoUsd: '0', risk: 'low', chance: null, chanceOf: 0 } as const;
  return [
    { ...nothing, id: 'undo', kind: 'undo', label: 'Undo what is left' },
    { ...nothing, id: 'leave', kind: 'wait', label: 'Leave it as it is' },
  ];
}
