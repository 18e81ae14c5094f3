// Daily and monthly budget. Spent, presumed spent and reserved are three separate amounts.
import { Link } from '@tanstack/react-router';
import type { Budget } from '../../../../src/contract/contract.ts';
import { lookAt } from '../../charts/series-look.ts';
import { ShareBar } from '../../charts/share-bar.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { Empty } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { useBudget, useHealth } from './queries.ts';
import { UnderWay } from './under-way.tsx';
import { nameOfWindow } from './words.ts';

type Window = Budget['windows'][number];
const looks = {
  spent: lookAt(0),
  presumed: { ...lookAt(1), pattern: 'rising' },
  held: { ...lookAt(2), pattern: 'dots' },
} as const;

export function BudgetCard() {
  const budget = useBudget();
  const { data: health } = useHealth();
  const statusOf = (key: string) =>
    key.startsWith('day:')
      ? health?.dailyBudget.status
      : key.startsWith('month:')
        ? health?.monthlyBudget.status
        : undefined;
  return (
    <Card
      title="Budget"
      aside={
        <Link
          to="/settings"
          search={{ group: 'limits' }}
          className="text-accent underline underline-offset-2"
        >
          Change limits
        </Link>
      }
      isFlush
    >
      <Answered query={budget} what="the budget">
        {(data) => (
          <>
            <div className="flex flex-col gap-4 p-4">
              {data.windows.length === 0 ? (
                <Empty title="No spend yet">
                  Daily and monthly spend appear here after the first model call.
                </Empty>
              ) : null}
              {data.windows.map((window) => (
                <WindowBar key={window.key} window={window} status={statusOf(window.key)} />
              ))}
            </div>
            <UnderWay budget={data} />
          </>
        )}
      </Answered>
    </Card>
  );
}

function WindowBar({ window, status }: { window: Window; status: string | undefined }) {
  const { limit_usd: limit, spent_usd, presumed_usd, held_usd, overrun_usd } = window;
  const used = spent_usd + presumed_usd + held_usd;
  return (
    <section aria-label={`Budget: ${nameOfWindow(window)}`} className="flex flex-col gap-1.5">
      <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1 [overflow-wrap:anywhere]">
        <Words text={nameOfWindow(window)} className="font-semibold" />
        {status ? <StatusBadge status={status} /> : null}
        {window.is_frozen ? <Badge tone="bad">frozen</Badge> : null}
        <span className="ml-auto tabular-nums">
          {usd(used)} <span className="text-quiet">of {usd(limit)}</span>
        </span>
      </p>
      <ShareBar
        whole={limit}
        show={usd}
        parts={[
          { name: 'Spent', value: spent_usd, look: looks.spent },
          { name: 'Presumed spent', value: presumed_usd, look: looks.presumed },
          { name: 'Reserved', value: held_usd, look: looks.held },
        ]}
      />
      {overrun_usd > 0 ? (
        <p className="text-[13px] text-bad">{usd(overrun_usd)} more than was reserved.</p>
      ) : null}
    </section>
  );
}
