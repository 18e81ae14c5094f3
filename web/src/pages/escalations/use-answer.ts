import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Answer, EscalationCard } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';

export interface AnswerGiven extends Answer {
  note: string;
}

/** Sends the answer and shows the question's new state at once, even if someone else answered first. */
export function useAnswer({ id, work_order: order }: EscalationCard) {
  const client = useQueryClient();
  const key = ['escalations', 'one', id];
  return useMutation({
    mutationFn: ({ option, note, always }: AnswerGiven) =>
      ask('post /api/escalations/{id}/answer', {
        params: { id },
        body: { option, always, ...(note.trim() === '' ? {} : { note: note.trim() }) },
      }),
    onSuccess: (card) => client.setQueryData(key, card),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['escalations'] }),
        client.invalidateQueries({ queryKey: ['work-orders'] }),
        order ? client.invalidateQueries({ queryKey: ['work-order', order.id] }) : undefined,
      ]),
  });
}
