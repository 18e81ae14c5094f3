import type { ButtonHTMLAttributes } from 'react';
import { classNames } from './class-names.ts';

const looks = {
  primary: 'bg-accent text-on-accent hover:opacity-90',
  plain: 'border border-line bg-surface text-text hover:bg-raised',
  quiet: 'text-text hover:bg-raised',
  danger: 'border border-bad bg-surface text-bad hover:bg-bad-soft',
} as const;
const sizes = {
  small: 'h-8 px-2.5 text-[13px]',
  usual: 'h-9 px-3.5',
  large: 'min-h-12 px-4 text-base',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof looks;
  size?: keyof typeof sizes;
  /** While an action runs, the button is disabled and announces it. */
  isBusy?: boolean;
}

export function Button({ look = 'plain', size = 'usual', isBusy = false, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={isBusy || undefined}
      disabled={rest.disabled || isBusy}
      className={classNames(
        'inline-flex items-center justify-center gap-1.5 rounded-md font-medium transition-colors',
        'disabled:cursor-not-allowed disabled:opacity-55',
        looks[look],
        sizes[size],
        rest.className,
      )}
    />
  );
}
