import { CircleCheck, CircleHelp, CircleX } from 'lucide-react';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { shown } from '../../parts/plain-text.ts';
import { Empty } from '../../parts/states.tsx';
import { duration } from '../../parts/time.tsx';
import { Said } from '../escalations/evidence.tsx';
import { AskedOf } from './asked-of.tsx';
import { Findings } from './findings.tsx';
import { newestFirst } from './newest-first.ts';

type Check = WorkOrderDetail['checks'][number];

export function ChecksTab({
  checks,
  sessions,
  verification,
  asked,
}: {
  checks: readonly Check[];
  sessions: WorkOrderDetail['sessions'];
  verification: WorkOrderDetail['verification'];
  asked: WorkOrderDetail['asked'];
}) {
  return (
    <div className="flex flex-col gap-4">
      {verification ? <Findings verification={verification} sessions={sessions} /> : null}
      {asked ? <AskedOf asked={asked} /> : null}
      <Checks checks={checks} />
    </div>
  );
}

function Checks({ checks }: { checks: readonly Check[] }) {
  if (checks.length === 0)
    return (
      <Empty title="No checks have run yet">
        Tests, type checks and linters run after each change. Their results appear here.
      </Empty>
    );
  return (
    <ul className="flex flex-col gap-2">
      {newestFirst(checks, cycleOf).map(({ place, item }) => (
        <CheckLine key={place} check={item} />
      ))}
    </ul>
  );
}

/** Padded, so that cycles sort as text; no run has more. */
const cycleOf = ({ run, cycle }: Check) =>
  `${String(run).padStart(6, '0')} ${String(cycle).padStart(6, '0')}`;

const looks = {
  green: { Icon: CircleCheck, tone: 'text-good', words: 'passed' },
  red: { Icon: CircleX, tone: 'text-bad', words: 'failed' },
  before: { Icon: CircleX, tone: 'text-warn', words: 'failed before the change too' },
  unknown: { Icon: CircleHelp, tone: 'text-quiet', words: 'unknown' },
} as const;

function lookOf({ is_green, red_before }: Check): keyof typeof looks {
  if (is_green === null) return 'unknown';
  if (is_green) return 'green';
  return red_before === null ? 'red' : 'before';
}

function CheckLine({ check }: { check: Check }) {
  const { Icon, tone, words } = looks[lookOf(check)];
  return (
    <li className="rounded-lg border border-line bg-surface [overflow-wrap:anywhere]">
      <details open={check.is_green === false}>
        <summary className="flex min-h-11 cursor-pointer flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
          <span className={`inline-flex items-center gap-1.5 font-semibold ${tone}`}>
            <Icon aria-hidden size={17} /> {words}
          </span>
          <span className="font-medium">{check.kind}</span>
          <code dir="ltr" className="text-[13px] [unicode-bidi:isolate]">
            {shown(check.command)}
          </code>
          <span className="text-[13px] text-quiet tabular-nums">
            run {check.run}
            {check.cycle > 0 ? `, cycle ${check.cycle}` : ''}
            {check.duration_ms === null ? '' : ` · ${duration(check.duration_ms)}`}
          </span>
        </summary>
        <div className="px-4 pb-3">
          {check.red_before === null ? null : <RedBefore failures={check.red_before} />}
          {check.output_tail === '' ? (
            <p className="text-quiet">No output.</p>
          ) : (
            <Said text={check.output_tail} label={`End of the output of ${check.command}`} />
          )}
        </div>
      </details>
    </li>
  );
}

/** Only new failures count against the change. */
function RedBefore({ failures }: { failures: readonly string[] }) {
  return (
    <div className="mb-2 rounded-md bg-warn-soft px-3 py-2 text-warn">
      <p>It fails in the same way on the base commit, so it does not count against this change.</p>
      {failures.length === 0 ? null : (
        <ul className="mt-1 list-disc pl-5 text-[13px]">
          {failures.map((failure) => (
            <li key={failure}>{failure}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
