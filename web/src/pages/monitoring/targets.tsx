// Moose's targets and current results: recovery per failure class, error budgets, and the quality of messages.
import type { Targets } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { Answered } from './answered.tsx';
import { useTargets } from './queries.ts';
import { percent } from './words.ts';

export function TargetsCard() {
  const targets = useTargets();
  return (
    <Card title="Targets" isFlush>
      <Answered query={targets} what="the targets">
        {(data) => (
          <div className="flex flex-col gap-3 px-4 py-3 [overflow-wrap:anywhere]">
            <Classes data={data} />
            <Messages messages={data.messages} />
          </div>
        )}
      </Answered>
    </Card>
  );
}

function Classes({ data: { classes, days } }: { data: Targets }) {
  if (classes.length === 0) return <p className="text-quiet">No failure was resolved in {days} days.</p>;
  return (
    <ul className="flex flex-col gap-2" aria-label={`Recovery per failure class, ${days} days`}>
      {classes.map((one) => (
        <li key={one.failure_class}>
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-semibold">{one.failure_class.replaceAll('_', ' ')}</span>
            <span>
              {one.rate === null ? '–' : percent(one.rate)} of {one.recovered + one.unrecovered} recovered
              {one.objective === null ? ', no target' : `, target ${percent(one.objective)}`}
            </span>
            <Burning burn={one.burn} />
          </p>
          <p className="text-[13px] text-quiet">
            {one.budget_left === null ? null : `${percent(one.budget_left)} of the error budget is left; `}
            median {seconds(one.p50_ms)}, 95th percentile {seconds(one.p95_ms)}
            {one.cost_usd === null ? null : `; ${usd(one.cost_usd)} for each recovery`}
          </p>
        </li>
      ))}
    </ul>
  );
}

function Burning({ burn }: Pick<Targets['classes'][number], 'burn'>) {
  if (burn === 'none') return null;
  return burn === 'fast' ? (
    <Badge tone="bad">budget burns fast</Badge>
  ) : (
    <Badge tone="warn">budget burns slowly</Badge>
  );
}

function Messages({ messages }: Pick<Targets, 'messages'>) {
  const { share, objective, errors, days, lacking } = messages;
  if (share === null) return <p className="text-quiet">There was no error in {days} days.</p>;
  return (
    <div>
      <p>
        <span className={share < objective ? 'font-semibold text-warn' : ''}>{percent(share)}</span> of the
        newest {errors} errors name cause, evidence and advice; the target is {percent(objective)}.
      </p>
      {lacking.length === 0 ? null : (
        <ul className="text-[13px] text-quiet">
          {lacking.map(({ code, errors: count, lacks }) => (
            <li key={code}>
              <code>{code}</code> ({count}): lacks {lacks.join(', ')}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function seconds(ms: number | null): string {
  return ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`;
}
