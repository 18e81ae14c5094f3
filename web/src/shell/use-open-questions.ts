// How many questions wait for an answer; one more is told of to who does not see it.
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { EscalationMeasures } from '../../../src/api/contract.ts';
import { call } from '../api/call.ts';
import { announce } from './announcements.tsx';

/** Where the live feed does not say it. */
const askEveryMs = 30_000;

export function useOpenQuestions(): number | undefined {
  const { data } = useQuery({
    queryKey: ['escalations', 'measures', 1],
    queryFn: ({ signal }) => call<EscalationMeasures>('/api/escalation-measures?days=1', { signal }),
    refetchInterval: askEveryMs,
  });
  const open = data?.open_backlog;
  const before = useRef(open);
  useEffect(() => {
    if (open !== undefined && before.current !== undefined && open > before.current) {
      announce(`A new question. ${open} ${open === 1 ? 'waits' : 'wait'} for an answer.`);
    }
    before.current = open;
  }, [open]);
  return open;
}
