// The questions of the page, in a stable order, so that nothing moves while somebody taps.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { keepOrder } from './keep-order.ts';

const pageSize = 20;

/** `mine`: the open ones that wait for the person who is signed in. */
export type QuestionStatus = 'open' | 'mine' | 'all';

export function useQuestions(status: QuestionStatus) {
  const query = useInfiniteQuery({
    queryKey: ['escalations', 'list', status],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask('get /api/escalations', {
        query: {
          ...(status === 'mine' ? { status: 'open', owner: 'me' } : { status }),
          cursor: pageParam,
          limit: pageSize,
        },
        signal,
      }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const cards = new Map(
    query.data?.pages.flatMap(({ items }) => items.map((card): [string, EscalationCard] => [card.id, card])),
  );
  const shown = useKeptOrder(status, [...cards.keys()]);
  return { query, cards, shown };
}

function useKeptOrder(status: string, ids: readonly string[]): string[] {
  const [kept, setKept] = useState<{ status: string; ids: readonly string[] }>({ status, ids: [] });
  const shown = keepOrder(kept.status === status ? kept.ids : [], ids);
  const told = shown.join(' ');
  useEffect(() => setKept({ status, ids: told === '' ? [] : told.split(' ') }), [status, told]);
  return shown;
}

/** A single question: opened by a link, or no longer in the list. */
export function useQuestion(id: string, given?: EscalationCard) {
  return useQuery({
    queryKey: ['escalations', 'one', id],
    queryFn: ({ signal }) => ask('get /api/escalations/{id}', { params: { id }, signal }),
    enabled: given === undefined,
  });
}
