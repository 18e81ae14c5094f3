import type { RemarkView } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { plainText } from '../../parts/plain-text.ts';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { OutsideLink } from './outside-link.tsx';

/** Reviews and comments: text of people who may be strangers. */
export function RemarkList({ remarks }: { remarks: readonly RemarkView[] }) {
  if (remarks.length === 0) return null;
  return (
    <section aria-label="Reviews and comments" className="flex flex-col gap-2">
      <h3 className="text-[13px] font-semibold text-quiet">Reviews and comments</h3>
      <ol className="flex flex-col gap-2">
        {remarks.map((remark) => (
          <OneRemark key={remark.key} remark={remark} />
        ))}
      </ol>
    </section>
  );
}

const judgements = {
  approved: { tone: 'good', words: 'approved' },
  changes_requested: { tone: 'warn', words: 'requested changes' },
  commented: { tone: 'neutral', words: 'commented' },
  dismissed: { tone: 'neutral', words: 'dismissed' },
} as const satisfies Record<string, { tone: Tone; words: string }>;

const became = {
  new: { tone: 'neutral', words: 'not handled yet' },
  ignored: { tone: 'neutral', words: 'ignored' },
  command: { tone: 'info', words: 'carried out' },
  sent: { tone: 'info', words: 'being worked on' },
  answered: { tone: 'good', words: 'answered' },
} as const satisfies Record<RemarkView['state'], { tone: Tone; words: string }>;

function OneRemark({ remark }: { remark: RemarkView }) {
  const { tone, words } = became[remark.state];
  const judgement = remark.judgement === null ? null : judgements[remark.judgement];
  return (
    <li className="rounded-md border border-line p-3">
      <p className="flex flex-wrap items-center gap-2 text-[13px]">
        <Words className="font-semibold" text={remark.author} />
        {judgement ? <Badge tone={judgement.tone}>{judgement.words}</Badge> : null}
        {remark.path ? (
          <code dir="ltr" className="[unicode-bidi:isolate]">
            {remark.path}
            {remark.line === null ? '' : `:${remark.line}`}
          </code>
        ) : null}
        <Ago at={remark.written_at} />
        {remark.url ? <OutsideLink href={remark.url}>open</OutsideLink> : null}
        <Badge tone={tone}>{words}</Badge>
        {remark.is_resolved ? <Badge tone="good">resolved</Badge> : null}
      </p>
      {remark.body === '' ? null : (
        <p dir="auto" className="mt-2 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {plainText(remark.body)}
        </p>
      )}
      {remark.because === null ? null : (
        <p className="mt-1 text-[13px] text-quiet">
          <Words text={remark.because} />
          {remark.answered_sha === null ? '' : ` (commit ${remark.answered_sha.slice(0, shaShown)})`}
        </p>
      )}
    </li>
  );
}

const shaShown = 8;
