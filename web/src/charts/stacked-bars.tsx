// The chart itself, drawn by recharts and loaded on demand. The table beside it is the accessible alternative.

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { Words } from '../parts/words.tsx';
import { fillOf, Swatch } from './patterns.tsx';
import type { StackPoint } from './stack-over-time.ts';

export interface StackedBarsProps {
  patternId: string;
  series: ReadonlyArray<{ name: string }>;
  points: readonly StackPoint[];
  wordsOf(at: string): string;
  show(value: number): string;
  isWhole: boolean;
}

const height = 220;
const tick = { fill: 'var(--quiet)', fontSize: 12 };

export function StackedBars({ patternId, series, points, wordsOf, show, isWhole }: StackedBarsProps) {
  return (
    <div aria-hidden>
      <ResponsiveContainer width="100%" height={height}>
        <BarChart
          data={[...points]}
          accessibilityLayer={false}
          margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
          barCategoryGap="18%"
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis dataKey="at" tickFormatter={wordsOf} tick={tick} stroke="var(--line)" minTickGap={28} />
          <YAxis
            tickFormatter={show}
            tick={tick}
            stroke="var(--line)"
            width={56}
            tickLine={false}
            allowDecimals={!isWhole}
          />
          <Tooltip
            cursor={{ fill: 'var(--line)', opacity: 0.5 }}
            isAnimationActive={false}
            content={({ active, payload }) => {
              const point = active ? (payload[0]?.payload as StackPoint | undefined) : undefined;
              return point ? <Told {...{ patternId, series, point, wordsOf, show }} /> : null;
            }}
          />
          {series.map(({ name }, index) => (
            <Bar
              key={name}
              name={name}
              dataKey={({ values }: StackPoint) => values[index] ?? 0}
              stackId="all"
              fill={fillOf(patternId, index)}
              isAnimationActive={false}
              maxBarSize={34}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

type ToldProps = Omit<StackedBarsProps, 'points' | 'isWhole'> & { point: StackPoint };

function Told({ patternId, series, point, wordsOf, show }: ToldProps) {
  const sum = point.values.reduce((all, value) => all + value, 0);
  return (
    <div className="rounded-md border border-line bg-surface px-3 py-2 text-[13px] shadow-lg">
      <p className="font-semibold">
        {wordsOf(point.at)}: {show(sum)}
      </p>
      {series.map(({ name }, index) =>
        point.values[index] ? (
          <p key={name} className="flex items-center gap-2">
            <Swatch fill={fillOf(patternId, index)} />
            <Words text={name} />
            <span className="ml-auto pl-3 tabular-nums">{show(point.values[index])}</span>
          </p>
        ) : null,
      )}
    </div>
  );
}
