// Loading, empty and error states.
import type { ReactNode } from 'react';
import { ProblemError } from '../api/call.ts';
import { Button } from './button.tsx';
import { MarkedWords } from './marked-words.tsx';

/** An empty state: it says what would appear here, and how to get it. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <p className="font-semibold">{title}</p>
      <div className="max-w-prose text-quiet">{children}</div>
      {action}
    </div>
  );
}

export function Loading({ what, lines = 4 }: { what: string; lines?: number }) {
  return (
    <div role="status" aria-label={`Loading ${what}`} className="flex flex-col gap-2.5 p-4">
      {Array.from({ length: lines }, (_, line) => `${95 - line * 12}%`).map((width) => (
        <div key={width} className="h-4 animate-pulse rounded bg-raised" style={{ width }} />
      ))}
    </div>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof ProblemError ? error.problem : undefined;
  return (
    <div role="alert" className="flex flex-col items-start gap-2 rounded-md bg-bad-soft p-4 text-bad">
      <p className="font-semibold">
        {problem?.detail ?? (error instanceof Error ? error.message : String(error))}
      </p>
      {problem?.advice ? (
        <p>
          <MarkedWords text={problem.advice} />
        </p>
      ) : null}
      <p className="flex items-center gap-3 text-sm">
        {problem ? <code>{problem.code}</code> : null}
        {onRetry ? (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        ) : null}
      </p>
    </div>
  );
}
