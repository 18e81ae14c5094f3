// A notice on every page while the server has no fresh data. Polls until it has.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useAsOf } from '../api/as-of.ts';
import { Ago } from '../parts/time.tsx';
import { Notice } from './notice.tsx';

const askAgainEveryMs = 5_000;

export function OldDataNotice() {
  const asOf = useAsOf();
  const queries = useQueryClient();
  const isOld = asOf !== null;
  useEffect(() => {
    if (!isOld) return;
    const timer = setInterval(() => void queries.invalidateQueries(), askAgainEveryMs);
    return () => {
      clearInterval(timer);
      // Data that is not on the screen may be old too.
      void queries.invalidateQueries();
    };
  }, [isOld, queries]);
  if (asOf === null) return null;
  return (
    <Notice>
      Moose cannot reach its database. This page shows data from <Ago at={asOf} /> and updates automatically
      when the database is back.
    </Notice>
  );
}
