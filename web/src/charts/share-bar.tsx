// A stacked bar of parts of a whole, with their figures below.
import './chart-colours.css';
import { useId } from 'react';
import { fillOf, Patterns, Swatch } from './patterns.tsx';
import type { SeriesLook } from './series-look.ts';

export interface ShareBarProps {
  parts: ReadonlyArray<{ name: string; value: number; look: SeriesLook }>;
  /** The whole. If the parts exceed it, the bar shows the parts and a mark shows the whole. */
  whole: number;
  show(value: number): string;
}

const height = 18;

export function ShareBar({ parts, whole, show }: ShareBarProps) {
  const patternId = useId();
  const sum = parts.reduce((all, { value }) => all + value, 0);
  const scale = Math.max(whole, sum) || 1;
  const percent = (value: number) => `${(value / scale) * 100}%`;
  const begins = parts.map((_, index) => parts.slice(0, index).reduce((all, { value }) => all + value, 0));
  return (
    <div className="flex flex-col gap-1.5">
      <Patterns id={patternId} looks={parts.map(({ look }) => look)} />
      <svg
        aria-hidden="true"
        focusable="false"
        width="100%"
        height={height}
        className="rounded-md border border-line bg-raised"
      >
        {parts.map(({ name, value }, index) => (
          <rect
            key={name}
            x={percent(begins[index] ?? 0)}
            width={percent(value)}
            height={height}
            style={{ fill: fillOf(patternId, index) }}
          />
        ))}
        {sum > whole ? (
          <rect x={percent(whole)} width={2} height={height} style={{ fill: 'var(--text)' }} />
        ) : null}
      </svg>
      <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-[13px]">
        {parts.map(({ name, value }, index) => (
          <div key={name} className="flex items-center gap-1.5">
            <Swatch fill={fillOf(patternId, index)} />
            <dt>{name}</dt>
            <dd className="text-quiet tabular-nums">{show(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
