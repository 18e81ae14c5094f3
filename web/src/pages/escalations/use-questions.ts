// The questions of the page, in an order that does not change under a person's finger.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { z } from 'zod';
import type { EscalationCard, escalationPage } from '../../../../src/api/contract.ts';
import { call, queryOf } from '../../api/call.ts';
import { keepOrder } from './keep-order.ts';

type QuestionPage = z.infer<typeof escalationPage>;
const pageSize = 20;

export function useQuestions(status: 'open' | 'all') {
  const query = useInfiniteQuery({
    queryKey: ['escalations', 'list', status],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      call<QuestionPage>(`/api/escalations${queryOf({ status, cursor: pageParam, limit: pageSize })}`, {
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

/** One question by itself: of a link, or one that has left the list since it was shown. */
export function useQuestion(id: string, given?: EscalationCard) {
  return useQuery({
    queryKey: ['escalations', 'one', id],
    queryFn: ({ signal }) => call<EscalationCard>(`/api/escalations/${id}`, { signal }),
    enabled: given === undefined,
  });
}
