// A chart over time with its legend and an equivalent table.
import { Words } from '../parts/words.tsx';
import './chart-colours.css';
import { lazy, Suspense, useId } from 'react';
import { fillOf, Patterns, Swatch } from './patterns.tsx';
import type { SeriesLook } from './series-look.ts';
import { spanWords } from './span-words.ts';
import type { StackPoint } from './stack-over-time.ts';
import { TableInstead } from './table-instead.tsx';

// Large, and not needed for the first view.
const StackedBars = lazy(async () => ({ default: (await import('./stacked-bars.tsx')).StackedBars }));

export interface OverTimeProps {
  /** One sentence that screen readers announce instead of the chart. */
  caption: string;
  series: ReadonlyArray<{ name: string; total: number; look: SeriesLook }>;
  points: readonly StackPoint[];
  bucketMs: number;
  show(value: number): string;
  isWhole?: boolean;
}

export function OverTime({ caption, series, points, bucketMs, show, isWhole = false }: OverTimeProps) {
  const patternId = useId();
  const wordsOf = (at: string) => spanWords(at, bucketMs);
  return (
    <figure className="flex flex-col gap-3">
      <figcaption className="sr-only">{caption}</figcaption>
      <Patterns id={patternId} looks={series.map(({ look }) => look)} />
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
        {series.map(({ name, total }, index) => (
          <li key={name} className="flex min-w-0 items-center gap-1.5">
            <Swatch fill={fillOf(patternId, index)} />
            <Words className="truncate" text={name} />
            <span className="text-quiet tabular-nums">{show(total)}</span>
          </li>
        ))}
      </ul>
      <Suspense
        fallback={
          <div
            role="status"
            aria-label="Loading the chart"
            className="h-[220px] animate-pulse rounded bg-raised"
          />
        }
      >
        <StackedBars {...{ patternId, series, points, wordsOf, show, isWhole }} />
      </Suspense>
      <TableInstead
        caption={caption}
        head={['From', ...series.map(({ name }) => name)]}
        rows={points.map(({ at, values }) => [wordsOf(at), ...values.map(show)])}
      />
    </figure>
  );
}
