import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failed, Loading } from '../../parts/states.tsx';

export interface AnsweredProps<T> {
  query: UseQueryResult<T>;
  what: string;
  children(data: T): ReactNode;
}

/** Keeps the last loaded data on screen if a reload fails, and shows the error beside it. */
export function Answered<T>({ query, what, children }: AnsweredProps<T>) {
  const { data, error, isError, refetch } = query;
  return (
    <>
      {isError ? (
        <div className="p-4">
          <Failed error={error} onRetry={() => void refetch()} />
        </div>
      ) : null}
      {data === undefined && !isError ? <Loading what={what} /> : null}
      {data === undefined ? null : children(data)}
    </>
  );
}
