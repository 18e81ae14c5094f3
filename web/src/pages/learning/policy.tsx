// What the learned policy knows and chose, and its results compared with the static rule.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LearnedPolicy } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { IntervalBar } from '../../charts/interval-bar.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Words } from '../../parts/words.tsx';
import { count, percent } from '../monitoring/words.ts';
import { Experiments } from './experiments.tsx';

/** Shows nothing until a project has a learner. */
export function Policy() {
  const asked = useQuery({
    queryKey: ['learning', 'policy'],
    queryFn: ({ signal }) => ask('get /api/learning/policy', { signal }),
  });
  if (!asked.data || asked.data.projects.length === 0) return null;
  const { projects, decisions } = asked.data;
  return (
    <>
      <Card title="Learned policy">
        <ul className="flex list-disc flex-col gap-1 pl-5">
          {sentencesOf(asked.data).map((sentence) => (
            <li key={sentence}>
              <Words text={sentence} />
            </li>
          ))}
        </ul>
      </Card>
      {projects.map((project) => (
        <Arms key={project.project} project={project} />
      ))}
      <Experiments projects={projects} />
      {decisions.length === 0 ? null : (
        <Card title="Latest choices" isFlush>
          <PlainTable
            caption="Latest choices of models and agents"
            items={decisions}
            keyOf={(each) => `${each.work_order_id} ${each.try}`}
            columns={[
              {
                head: 'Work order',
                cell: ({ work_order_id }) => (
                  <Link
                    to="/work-orders/$id"
                    params={{ id: work_order_id }}
                    className="text-accent underline underline-offset-2"
                  >
                    {work_order_id.slice(-8)}
                  </Link>
                ),
              },
              { head: 'Try', cell: (each) => each.try },
              { head: 'Outcome', cell: ({ outcome }) => outcome },
              { head: 'Why', cell: ({ because }) => legible(because) },
            ]}
          />
        </Card>
      )}
    </>
  );
}

function Arms({
  project: { project, mode, seen, missing, arms },
}: {
  project: LearnedPolicy['projects'][number];
}) {
  const evidence =
    missing === 0
      ? `${count(seen)} work orders seen.`
      : `${count(seen)} work orders seen; ${count(missing)} more before it can choose.`;
  return (
    <Card title={`Value of each model and agent: ${legible(project)}`} isFlush>
      <p className="px-4 py-2.5 text-[13px] text-quiet">
        Mode: {mode}. {evidence} The band is the 95% credible interval of the chance of success.
      </p>
      <PlainTable
        caption={`Value of models and agents in ${legible(project)}`}
        items={arms}
        keyOf={({ arm }) => arm}
        columns={[
          { head: 'Arm', cell: ({ arm }) => legible(arm) },
          {
            head: 'Chance of success',
            cell: ({ chance, low, high }) => (
              <div className="min-w-36">
                {percent(chance)}{' '}
                <span className="text-[13px] text-quiet">
                  {percent(low)} to {percent(high)}
                </span>
                <IntervalBar share={chance} low={low} high={high} />
              </div>
            ),
          },
          { head: 'Tries', cell: ({ trials }) => count(trials) },
          { head: 'Not reverted', cell: ({ holds }) => percent(holds) },
          { head: 'Cost', cell: ({ cost_usd }) => usd(cost_usd) },
          { head: 'Value', cell: ({ worth_usd }) => usd(worth_usd) },
        ]}
      />
    </Card>
  );
}

function sentencesOf({ log, static: rule, best_arm: best, comparison }: LearnedPolicy): string[] {
  const { value_per_work_order: value, missing } = log;
  if (value === null) return ['There are no results of choices yet.'];
  const other = rule.value_per_work_order;
  const left = missing.without_outcome + missing.not_counted + missing.other_arm;
  const more = other === null ? 0 : value - other.mean;
  const spread = other === null ? 0 : (other.high - other.low) / 2;
  const { difference_usd: difference, low_usd: low, high_usd: high } = comparison;
  return [
    `${count(log.work_orders)} work orders with an outcome, worth ${usd(value)} each; ${count(left)} choices are left out.`,
    rule.supported && other !== null
      ? `The static rule would have gained an estimated ${usd(Math.abs(more))} ${more >= 0 ? 'less' : 'more'} per work order, ± ${usd(spread)}.`
      : 'No estimate for the static rule yet: too few choices agree with it.',
    best === null
      ? 'No single arm has enough choices for a comparison.'
      : `The best single arm is ${best.arm}; regret so far: ${usd(best.regret_usd)}.`,
    low === null || high === null
      ? `Learned against static: ${count(comparison.work_orders)} work orders, too few to compare.`
      : `Learned against static: ${usd(difference)} per work order (${usd(low)} to ${usd(high)}, valid at any time). ${comparison.is_decided ? 'The result is clear.' : 'No clear result yet.'}`,
  ];
}
