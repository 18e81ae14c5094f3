// Results of attempts: where models fail more than others first, then the data behind them.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Learning, Range } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { learningRoute } from '../../router.tsx';
import { Answered } from '../monitoring/answered.tsx';
import { RangeSwitch } from '../monitoring/range-switch.tsx';
import { ByComplexity } from './by-complexity.tsx';
import { ByModel } from './by-model.tsx';
import { Calibration } from './calibration.tsx';
import { Cycles } from './cycles.tsx';
import { Estimates } from './estimates.tsx';
import { Failures } from './failures.tsx';
import { Patterns } from './patterns.tsx';
import { Policy } from './policy.tsx';

/** Polled, since the feed does not report ended attempts. */
const readEveryMs = 60_000;

export function LearningPage() {
  const { range = '24h' } = learningRoute.useSearch();
  const asked = useQuery({
    queryKey: ['learning', range],
    queryFn: ({ signal }) => ask('get /api/learning', { query: { range }, signal }),
    refetchInterval: readEveryMs,
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Learning"
      lead="How well each model and agent performs, and at what cost, based on the results of past attempts."
      actions={<RangeSwitch to="/learning" range={range} />}
    >
      <Answered query={asked} what="the results of attempts">
        {(learning) =>
          learning.attempts === 0 ? <NothingYet range={range} /> : <Learned learning={learning} />
        }
      </Answered>
    </Page>
  );
}

function Learned({ learning }: { learning: Learning }) {
  return (
    <>
      <Patterns />
      <Policy />
      <Calibration />
      <ByModel outcomes={learning.by_model} />
      <ByComplexity learning={learning} />
      <div className="grid gap-4 xl:grid-cols-[3fr_2fr] [&>*]:min-w-0">
        <Failures failures={learning.failures} />
        <Cycles cycles={learning.cycles} />
      </div>
      <Estimates />
    </>
  );
}

function NothingYet({ range }: { range: Range }) {
  return (
    <div className="rounded-lg border border-line bg-surface">
      <Empty
        title={`No attempts in the last ${range}`}
        action={
          range === '90d' ? (
            <Link
              to="/work-orders"
              search={{ new: 'true' }}
              className="text-accent underline underline-offset-2"
            >
              Submit a work order
            </Link>
          ) : (
            <Link
              to="/learning"
              search={{ range: '90d' }}
              className="text-accent underline underline-offset-2"
            >
              Show the last 90 days
            </Link>
          )
        }
      >
        Each attempt at a work order appears here when it ends: by model and agent, complexity, failure class
        and number of refinement cycles. After a few dozen attempts, significant differences between models
        are listed at the top.
      </Empty>
    </div>
  );
}
