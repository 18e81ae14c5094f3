// What was and what will be, before it is.
import { ArrowRight } from 'lucide-react';
import type { Setting } from '../../../../src/api/contract.ts';
import { classNames } from '../../parts/class-names.ts';
import { type LineChange, lineChanges } from './line-changes.ts';
import { tellLines, tellValue } from './tell-value.ts';

export interface WhatChangesProps {
  setting: Setting;
  /** Absent: what is written is not a value. */
  next?: unknown;
  isUsual: boolean;
}

export function WhatChanges({ setting, next, isUsual }: WhatChangesProps) {
  const before = tellLines(setting, setting.value);
  const after = next === undefined ? null : tellLines(setting, next);
  const isSame = JSON.stringify(next) === JSON.stringify(setting.value);
  return (
    <section aria-label="What changes" aria-live="polite" className="rounded-md bg-raised p-3">
      <h3 className="text-[13px] font-medium text-quiet">What changes</h3>
      {next === undefined ? (
        <p className="text-quiet">Nothing yet: what is written is not a value.</p>
      ) : isSame ? (
        <p className="text-quiet">Nothing yet.</p>
      ) : before && after ? (
        <Lines changes={lineChanges(before, after)} />
      ) : (
        <p className="flex flex-wrap items-center gap-2 [overflow-wrap:anywhere]">
          <del className="no-underline opacity-80">
            <bdi>{tellValue(setting, setting.value)}</bdi>
          </del>
          <ArrowRight aria-label="becomes" size={15} className="shrink-0" />
          <ins className="font-semibold no-underline">
            <bdi>{tellValue(setting, next)}</bdi>
          </ins>
        </p>
      )}
      {isUsual && !isSame ? <p className="text-[13px] text-quiet">It is then as usual again.</p> : null}
    </section>
  );
}

const looks = {
  gone: { sign: '−', word: 'Goes: ', look: 'text-bad' },
  new: { sign: '+', word: 'Comes: ', look: 'text-good' },
  same: { sign: ' ', word: '', look: 'text-quiet' },
} as const;
/** A longer list shows what changes alone. */
const shownSameMax = 6;

function Lines({ changes }: { changes: readonly LineChange[] }) {
  const isLong = changes.filter(({ sign }) => sign === 'same').length > shownSameMax;
  const shown = changes.filter(({ sign }) => sign !== 'same' || !isLong);
  return (
    <ul className="flex flex-col gap-0.5">
      {shown.map(({ sign, line, number }) => (
        <li key={`${sign} ${number}`} className={classNames('flex gap-2', looks[sign].look)}>
          <span aria-hidden className="w-3 shrink-0 text-center font-mono">
            {looks[sign].sign}
          </span>
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <span className="sr-only">{looks[sign].word}</span>
            {`${number}. `}
            <bdi>{line}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}
