import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export const tones = {
  neutral: 'bg-raised text-quiet border-line',
  good: 'bg-good-soft text-good border-transparent',
  warn: 'bg-warn-soft text-warn border-transparent',
  bad: 'bg-bad-soft text-bad border-transparent',
  info: 'bg-info-soft text-info border-transparent',
} as const;
export type Tone = keyof typeof tones;

export function Badge({
  tone = 'neutral',
  children,
  title,
}: {
  tone?: Tone;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span
      title={title}
      className={classNames(
        'inline-flex items-center gap-1 whitespace-nowrap rounded-full border px-2 py-px text-xs font-medium',
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}
