import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleX, Info } from 'lucide-react';
import type { Finding, Session, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { shown } from '../../parts/plain-text.ts';

type Verification = NonNullable<WorkOrderDetail['verification']>;

/** The verdict on the change, and what was found about it beyond its checks (R-GREEN-1). */
export function Findings({
  verification,
  sessions,
}: {
  verification: Verification;
  sessions: readonly Session[];
}) {
  const { is_verified: isVerified, because, level, findings } = verification;
  const tone = isVerified ? 'bg-good-soft text-good' : 'bg-warn-soft text-warn';
  const Icon = isVerified ? CircleCheck : CircleX;
  return (
    <section aria-label="Verification" className="flex flex-col gap-2 [overflow-wrap:anywhere]">
      <p className={`flex items-start gap-2 rounded-lg px-4 py-3 font-medium ${tone}`}>
        <Icon aria-hidden size={18} className="mt-0.5 shrink-0" />
        <span>
          {isVerified ? verifiedWords[level ?? 'standard'] : `Not verified: ${shown(because ?? '')}`}
        </span>
      </p>
      {findings.length === 0 ? null : (
        <ul className="flex flex-col gap-2">
          {findings.map((finding) => (
            <FindingLine key={`${finding.kind} ${finding.text}`} finding={finding} />
          ))}
        </ul>
      )}
      <Runs sessions={sessions} />
    </section>
  );
}

const verifiedWords = {
  standard: 'Verified: it is green by the change itself.',
  strict: 'Verified (strict): it is green by the change itself, and nothing weakens its checks.',
  'checks-only': 'Verified by the exit codes of its checks alone (checks-only).',
} as const;

/** By what the names of extra runs begin with. */
const runs: Readonly<Record<string, string>> = {
  product: 'with the tests and settings of the base',
  unknown: 'with the tests and settings of the base, and with what may be product',
  explained: 'with the tests and settings of the base, but for those that follow the change',
  again: 'the same once more, because it was red',
  new: 'the new tests, without the rest of the change',
  own: 'the tests of the change, with what they lean on as the base has it',
  bare: 'without what tells a checker to look away',
  emptied: 'with a function of the change emptied',
  base: 'the base, without the change',
  fresh: 'without the cache',
  together: 'together with other open changes',
};

/** The runs behind the verdict, beside those of the change itself. */
function Runs({ sessions }: { sessions: readonly Session[] }) {
  const extra = sessions.flatMap((session) => {
    const [, tree = '', kind = ''] = /^([a-z]+)-(?:\d+-)+(.+)$/.exec(session.name) ?? [];
    const what = session.purpose === 'check' ? runs[tree] : undefined;
    return what === undefined ? [] : [{ session, what, kind }];
  });
  if (extra.length === 0) return null;
  return (
    <details className="text-[13px]">
      <summary className="min-h-6 cursor-pointer text-quiet">Checked again: {extra.length} runs</summary>
      <ul className="mt-1 flex flex-col gap-1">
        {extra.map(({ session, what, kind }) => (
          <li key={session.id}>
            <Link
              to="/work-orders/$id"
              params={{ id: session.work_order_id }}
              search={{ tab: 'activity', session: session.id }}
              className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
            >
              {kind}
            </Link>{' '}
            {what}, run {session.run}
            {session.cycle > 0 ? `, cycle ${session.cycle}` : ''}:{' '}
            {session.exit_code === null ? session.state : session.exit_code === 0 ? 'passed' : 'failed'}
          </li>
        ))}
      </ul>
    </details>
  );
}

function FindingLine({ finding: { weight, kind, text, files, tests } }: { finding: Finding }) {
  const isRefusing = weight === 'refuses';
  const Icon = isRefusing ? CircleX : Info;
  return (
    <li className="rounded-lg border border-line bg-surface px-4 py-3">
      <p className="flex flex-wrap items-center gap-2">
        <span
          className={`inline-flex items-center gap-1.5 font-semibold ${isRefusing ? 'text-bad' : 'text-quiet'}`}
        >
          <Icon aria-hidden size={17} /> {isRefusing ? 'refused' : 'for you to know'}
        </span>
        <Badge>{kind.replaceAll('_', ' ')}</Badge>
      </p>
      <p className="mt-1">{shown(text)}</p>
      <Names title="Tests" names={tests} />
      <Names title="Files" names={files} />
    </li>
  );
}

const openMax = 10;

function Names({ title, names }: { title: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <details open={names.length <= openMax} className="mt-1 text-[13px]">
      <summary className="min-h-6 cursor-pointer text-quiet">
        {title}: {names.length}
      </summary>
      <ul className="list-disc pl-5 font-mono text-xs">
        {names.map((name) => (
          <li key={name}>{shown(name)}</li>
        ))}
      </ul>
    </details>
  );
}
