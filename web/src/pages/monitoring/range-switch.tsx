import { Link } from '@tanstack/react-router';
import type { Range } from '../../../../src/contract/contract.ts';
import { classNames } from '../../parts/class-names.ts';

const names = { '24h': '24 hours', '7d': '7 days', '30d': '30 days', '90d': '90 days' } as const;

/** The range is kept in the URL. */
export function RangeSwitch({ to, range }: { to: '/monitoring' | '/learning'; range: Range }) {
  return (
    <nav aria-label="Period" className="flex gap-1 rounded-md border border-line bg-surface p-0.5">
      {(Object.keys(names) as Range[]).map((each) => (
        <Link
          key={each}
          to={to}
          search={(before) => ({ ...before, range: each === '24h' ? undefined : each })}
          resetScroll={false}
          aria-current={each === range ? 'true' : undefined}
          className={classNames(
            'inline-flex min-h-8 items-center rounded px-2.5 text-[13px] font-medium',
            each === range ? 'bg-accent text-on-accent' : 'hover:bg-raised',
          )}
        >
          {names[each]}
        </Link>
      ))}
    </nav>
  );
}
