// Runs that are probably going nowhere, and how often that score is right.
import { Link } from '@tanstack/react-router';
import type { Nowhere } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { useNowhere } from './queries.ts';
import { count, percent } from './words.ts';

const does = {
  warn: 'warns and lets the run continue',
  act: 'stops the run and asks a person',
  off: 'does nothing',
} as const;

export function NowhereCard() {
  const nowhere = useNowhere();
  return (
    <Card title="Runs that are going nowhere" isFlush>
      <Answered query={nowhere} what="the scores of runs">
        {(data) => (
          <div className="flex flex-col gap-3 px-4 py-3 [overflow-wrap:anywhere]">
            <p className="text-[13px] text-quiet">
              At a score of {percent(data.above)} or more, Moose {does[data.mode]}.
            </p>
            <OpenRuns open={data.open} />
            <Here here={data.here} />
            <Labelled labelled={data.labelled} />
          </div>
        )}
      </Answered>
    </Card>
  );
}

function OpenRuns({ open }: Pick<Nowhere, 'open'>) {
  if (open.length === 0) return <p className="text-quiet">No current run has a failed cycle.</p>;
  return (
    <ul className="flex flex-col gap-1.5">
      {open.map(({ work_order_id: id, title, score, is_over, reasons, now }) => (
        <li key={id}>
          <Link to="/work-orders/$id" params={{ id }} className="text-accent underline underline-offset-2">
            <Words text={title} />
          </Link>{' '}
          <span className={is_over ? 'font-semibold text-warn' : ''}>{percent(score)}</span>
          {now === null || now.score === score ? null : <> (now {percent(now.score)})</>}
          {reasons.length === 0 ? null : (
            <>
              : <Words text={reasons.join('; ')} className="text-[13px] text-quiet" />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

type Estimate = Nowhere['labelled']['precision'];
const estimate = ({ value, low, high }: Estimate) =>
  `${percent(value)} (${percent(low)} to ${percent(high)})`;

function Here({ here }: Pick<Nowhere, 'here'>) {
  return (
    <p className="text-[13px] text-quiet">
      In the last 30 days, {count(here.runs)} scored runs ended, {count(here.nowhere)} of them without a good
      change.{' '}
      {here.precision === null
        ? 'No run with a warning has ended yet.'
        : `Of ${count(here.warned)} warnings, ${estimate(here.precision)} were right. `}
      {here.recall === null
        ? ''
        : `Moose warned of ${estimate(here.recall)} of the runs that went nowhere; after the warning, they spent ${usd(here.avoidable_usd)} more.`}
    </p>
  );
}

function Labelled({ labelled }: Pick<Nowhere, 'labelled'>) {
  const { held_back, above, precision, recall, paused_well, saved_share } = labelled;
  return (
    <p className="text-[13px] text-quiet">
      Measured on {count(held_back)} runs of a scripted model, at {percent(above)}: {estimate(precision)} of
      the pauses are right, {estimate(recall)} of the runs that go nowhere are found, {estimate(paused_well)}{' '}
      of the good runs are paused, and {estimate(saved_share)} of the money is saved.
    </p>
  );
}
