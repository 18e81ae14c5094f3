import { ArrowDown, ArrowRight, ArrowUp, Sparkle } from 'lucide-react';

const marks = {
  new: { icon: Sparkle, className: 'text-bad' },
  rising: { icon: ArrowUp, className: 'text-bad' },
  steady: { icon: ArrowRight, className: 'text-quiet' },
  falling: { icon: ArrowDown, className: 'text-good' },
} as const;

/** A word and an arrow, since colour alone is not accessible. */
export function TrendMark({ trend }: { trend: keyof typeof marks }) {
  const { icon: Icon, className } = marks[trend];
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap text-[13px] ${className}`}>
      <Icon aria-hidden size={14} />
      {trend}
    </span>
  );
}
