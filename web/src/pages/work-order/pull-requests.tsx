import {
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleMinus,
  CircleX,
  Hourglass,
  LoaderCircle,
} from 'lucide-react';
import type { CheckOfForge, PullRequestView } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Said } from '../escalations/evidence.tsx';
import { OutsideLink } from './outside-link.tsx';
import { RemarkList } from './remarks.tsx';

export function PullRequestsTab({ pullRequests }: { pullRequests: readonly PullRequestView[] }) {
  if (pullRequests.length === 0)
    return (
      <Empty title="No pull request yet">
        Moose opens one when the change is verified. Its state, its CI and its reviews appear here.
      </Empty>
    );
  return (
    <div className="flex flex-col gap-4">
      {pullRequests.map((one) => (
        <OnePullRequest key={`${one.host} ${one.number}`} one={one} />
      ))}
    </div>
  );
}

const states: Record<PullRequestView['state'], Tone> = { open: 'info', merged: 'good', closed: 'neutral' };

const verdictWords = {
  green: { tone: 'good', words: 'CI is green' },
  red: { tone: 'bad', words: 'CI is red' },
  running: { tone: 'info', words: 'CI is running' },
  none: { tone: 'neutral', words: 'no checks' },
} as const;

function OnePullRequest({ one }: { one: PullRequestView }) {
  const verdict = one.verdict === null ? null : verdictWords[one.verdict];
  return (
    <article className="rounded-lg border border-line bg-surface [overflow-wrap:anywhere]">
      <header className="flex flex-col gap-2 border-b border-line px-4 py-3">
        <h2 className="flex flex-wrap items-center gap-2 font-semibold">
          {one.url === null ? (
            <span>#{one.number}</span>
          ) : (
            <OutsideLink href={one.url}>{placeOf(one)}</OutsideLink>
          )}
          <Badge tone={states[one.state]}>{one.state}</Badge>
          {one.is_draft ? <Badge>draft</Badge> : null}
          {verdict ? <Badge tone={verdict.tone}>{verdict.words}</Badge> : null}
          {one.mergeable === false ? <Badge tone="bad">conflicts with {one.base_branch}</Badge> : null}
          {one.merge_queued_at ? <Badge tone="info">merge queued</Badge> : null}
          {one.reverted_sha ? <Badge tone="bad">reverted</Badge> : null}
        </h2>
        {one.waiting_for === null ? null : (
          <p className="flex items-start gap-2 text-[15px]">
            <Hourglass aria-hidden size={16} className="mt-1 shrink-0" />
            <Words text={one.waiting_for} />
          </p>
        )}
        <Looked one={one} />
      </header>
      <div className="flex flex-col gap-4 px-4 py-3">
        <Checks checks={one.checks} />
        <RemarkList remarks={one.remarks} />
      </div>
    </article>
  );
}

function placeOf({ host, repository, number }: PullRequestView): string {
  return host === 'local' ? `#${number}` : `${repository}#${number}`;
}

function Looked({ one }: { one: PullRequestView }) {
  if (one.looked_at === null) return null;
  return (
    <p className="text-[13px] text-quiet">
      Checked on {one.host} <Ago at={one.looked_at} />
      {one.verdict_sha === null || one.verdict_sha === one.head_sha ? null : ', for an older commit'}
    </p>
  );
}

const checkLooks = {
  passed: { Icon: CircleCheck, tone: 'text-good', words: 'passed' },
  failed: { Icon: CircleX, tone: 'text-bad', words: 'failed' },
  running: { Icon: LoaderCircle, tone: 'text-info', words: 'running' },
  queued: { Icon: CircleDashed, tone: 'text-quiet', words: 'queued' },
  skipped: { Icon: CircleMinus, tone: 'text-quiet', words: 'skipped' },
  cancelled: { Icon: CircleMinus, tone: 'text-warn', words: 'cancelled' },
  unknown: { Icon: CircleHelp, tone: 'text-quiet', words: 'unknown' },
} as const;

function Checks({ checks }: { checks: readonly CheckOfForge[] }) {
  if (checks.length === 0) return null;
  return (
    <section aria-label="Checks of the forge" className="flex flex-col gap-1">
      <h3 className="text-[13px] font-semibold text-quiet">Checks</h3>
      <ul className="flex flex-col divide-y divide-line">
        {checks.map((check) => (
          <CheckLine key={`${check.name} ${check.attempt}`} check={check} />
        ))}
      </ul>
    </section>
  );
}

function CheckLine({ check }: { check: CheckOfForge }) {
  const { Icon, tone, words } = checkLooks[check.state];
  return (
    <li className="flex flex-col gap-1 py-2">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className={`inline-flex items-center gap-1.5 font-semibold ${tone}`}>
          <Icon aria-hidden size={17} /> {words}
        </span>
        {check.url === null ? (
          <Words text={check.name} />
        ) : (
          <OutsideLink href={check.url}>
            <Words text={check.name} />
          </OutsideLink>
        )}
        {check.is_required ? <Badge>required</Badge> : null}
        {check.obstacle ? (
          <Badge tone="warn">
            did not run: <Words text={check.obstacle} />
          </Badge>
        ) : null}
        {check.attempt > 1 ? <span className="text-[13px] text-quiet">attempt {check.attempt}</span> : null}
      </span>
      {check.summary ? (
        <details open={check.state === 'failed'}>
          <summary className="min-h-6 cursor-pointer text-[13px] text-quiet">Output</summary>
          <Said text={check.summary} label={`Output of ${check.name}`} />
        </details>
      ) : null}
      {check.log ? <LogEnd name={check.name} log={check.log} /> : null}
    </li>
  );
}

/** The part of the log that Moose fetched for the repair; the forge has the whole log. */
function LogEnd({ name, log }: { name: string; log: NonNullable<CheckOfForge['log']> }) {
  return (
    <details>
      <summary className="min-h-6 cursor-pointer text-[13px] text-quiet">
        {log.is_cut ? 'End of the log' : 'Log'}
        {log.failed_step === null ? null : (
          <>
            , failed at <Words text={log.failed_step} />
          </>
        )}
      </summary>
      <Said text={log.tail} label={`Log of ${name}`} />
    </details>
  );
}
