// The number of open questions. New ones are announced to screen readers.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { ask } from '../api/ask.ts';
import { announce } from './announcements.tsx';

/** Fallback when the live feed is down. */
const askEveryMs = 30_000;

export function useOpenQuestions(): number | undefined {
  const { data } = useQuery({
    queryKey: ['escalations', 'measures', 1],
    queryFn: ({ signal }) => ask('get /api/escalation-measures', { query: { days: 1 }, signal }),
    refetchInterval: askEveryMs,
  });
  const open = data?.open_backlog;
  const before = useRef(open);
  useEffect(() => {
    if (open !== undefined && before.current !== undefined && open > before.current) {
      announce(`New question. ${open} ${open === 1 ? 'question needs' : 'questions need'} an answer.`);
    }
    before.current = open;
  }, [open]);
  return open;
}
