import type { OptionCard } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { classNames } from '../../parts/class-names.ts';
import { legible } from '../../parts/plain-text.ts';
import { describeChance, describeCost, isDestructive } from './describe-option.ts';

const riskTones: Readonly<Record<OptionCard['risk'], Tone>> = { low: 'good', medium: 'warn', high: 'bad' };

export interface OptionButtonProps {
  option: OptionCard;
  /** The key that selects it. */
  number: number;
  isBusy: boolean;
  /** Why it cannot be chosen; null if it can. */
  whyNot: string | null;
  onChoose(): void;
}

export function OptionButton({ option, number, isBusy, whyNot, onChoose }: OptionButtonProps) {
  const isOff = isBusy || whyNot !== null;
  return (
    <button
      type="button"
      data-option={number}
      aria-disabled={isOff || undefined}
      onClick={() => !isOff && onChoose()}
      className={classNames(
        'flex min-h-14 w-full items-start gap-3 rounded-lg border px-3.5 py-2.5 text-left transition-colors',
        lookOf(option),
        isOff ? 'cursor-not-allowed' : 'cursor-pointer',
      )}
    >
      <kbd
        aria-hidden
        className="mt-0.5 hidden h-5 w-5 shrink-0 items-center justify-center rounded border border-line bg-surface font-mono text-xs text-quiet sm:inline-flex"
      >
        {number}
      </kbd>
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <bdi className={classNames('font-semibold', isDestructive(option) && 'text-bad')}>
            {legible(option.label)}
          </bdi>
          {option.is_recommended ? <Badge tone="info">recommended</Badge> : null}
        </span>
        <span className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-[13px] text-quiet">
          <span>{describeCost(option)}</span>
          <Badge tone={riskTones[option.risk]}>{option.risk} risk</Badge>
          <span title={option.chance_basis ?? undefined}>
            {describeChance(option)}
            {option.chance_basis ? (
              <span className="sr-only">, based on {legible(option.chance_basis)}</span>
            ) : null}
          </span>
          {option.needs_note ? <span>needs a note</span> : null}
        </span>
        {whyNot ? <span className="mt-1 block text-[13px] text-warn">{whyNot}</span> : null}
      </span>
    </button>
  );
}

function lookOf(option: OptionCard): string {
  if (option.is_recommended) return 'border-accent bg-raised ring-1 ring-accent';
  return isDestructive(option)
    ? 'border-line bg-surface hover:bg-bad-soft'
    : 'border-line bg-surface hover:bg-raised';
}
