import { CircleCheck, CircleX, Info } from 'lucide-react';
import type { Finding, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { shown } from '../../parts/plain-text.ts';

type Verification = NonNullable<WorkOrderDetail['verification']>;

/** The verdict on the change, and what was found about it beyond its checks (R-GREEN-1). */
export function Findings({ verification }: { verification: Verification }) {
  const { is_verified: isVerified, because, findings } = verification;
  const tone = isVerified ? 'bg-good-soft text-good' : 'bg-warn-soft text-warn';
  const Icon = isVerified ? CircleCheck : CircleX;
  return (
    <section aria-label="Verification" className="flex flex-col gap-2 [overflow-wrap:anywhere]">
      <p className={`flex items-start gap-2 rounded-lg px-4 py-3 font-medium ${tone}`}>
        <Icon aria-hidden size={18} className="mt-0.5 shrink-0" />
        <span>
          {isVerified
            ? 'Verified: it is green by the change itself.'
            : `Not verified: ${shown(because ?? '')}`}
        </span>
      </p>
      {findings.length === 0 ? null : (
        <ul className="flex flex-col gap-2">
          {findings.map((finding) => (
            <FindingLine key={`${finding.kind} ${finding.text}`} finding={finding} />
          ))}
        </ul>
      )}
    </section>
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
