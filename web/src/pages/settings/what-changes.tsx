// Preview of a change: the old and the new value.

import { ArrowRight } from 'lucide-react';
import type { Setting } from '../../../../src/contract/contract.ts';
import { classNames } from '../../parts/class-names.ts';
import { Words } from '../../parts/words.tsx';
import { describeLines, describeValue } from './describe-value.ts';
import { type LineChange, lineChanges } from './line-changes.ts';

export interface WhatChangesProps {
  setting: Setting;
  /** Absent if the input is invalid. */
  next?: unknown;
  isDefault: boolean;
}

export function WhatChanges({ setting, next, isDefault }: WhatChangesProps) {
  const before = describeLines(setting, setting.value);
  const after = next === undefined ? null : describeLines(setting, next);
  const isSame = JSON.stringify(next) === JSON.stringify(setting.value);
  return (
    <section aria-label="Changes" aria-live="polite" className="rounded-md bg-raised p-3">
      <h3 className="text-[13px] font-medium text-quiet">Changes</h3>
      {next === undefined ? (
        <p className="text-quiet">The value is not valid yet.</p>
      ) : isSame ? (
        <p className="text-quiet">No changes yet.</p>
      ) : before && after ? (
        <Lines changes={lineChanges(before, after)} />
      ) : (
        <p className="flex flex-wrap items-center gap-2 [overflow-wrap:anywhere]">
          <del className="no-underline opacity-80">
            <Words text={describeValue(setting, setting.value)} />
          </del>
          <ArrowRight aria-label="becomes" size={15} className="shrink-0" />
          <ins className="font-semibold no-underline">
            <Words text={describeValue(setting, next)} />
          </ins>
        </p>
      )}
      {isDefault && !isSame ? <p className="text-[13px] text-quiet">Resets to default.</p> : null}
    </section>
  );
}

const looks = {
  gone: { sign: '−', word: 'Removed: ', look: 'text-bad' },
  new: { sign: '+', word: 'Added: ', look: 'text-good' },
  same: { sign: ' ', word: '', look: 'text-quiet' },
} as const;
/** Longer lists show only the changed lines. */
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
            <Words text={line} />
          </span>
        </li>
      ))}
    </ul>
  );
}
