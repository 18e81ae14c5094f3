// One setting: its description, its value, and where the value comes from.

import { History, Pencil } from 'lucide-react';
import type { Setting } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { MarkedWords } from '../../parts/marked-words.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { describeLines, describeValue } from './describe-value.ts';
import { asRows } from './recovery-row.ts';
import { RecoveryTable } from './recovery-table.tsx';

export interface SettingRowProps {
  setting: Setting;
  isAdmin: boolean;
  onChange(): void;
  onHistory(): void;
}

export function SettingRow({ setting, isAdmin, onChange, onHistory }: SettingRowProps) {
  const { title, help, key, kind, value } = setting;
  return (
    <li className="grid gap-x-6 gap-y-2 px-4 py-3.5 md:grid-cols-[minmax(0,1fr)_minmax(0,27rem)]">
      <div className="min-w-0">
        <h3 className="font-medium">{title}</h3>
        <p className="max-w-prose text-[13px] text-quiet">
          <MarkedWords text={help} />
        </p>
      </div>
      <div className="flex min-w-0 flex-wrap items-start justify-between gap-2">
        <div className="min-w-0 flex-1">
          <Value setting={setting} />
          <Source setting={setting} />
        </div>
        <div className="flex shrink-0 gap-1.5">
          {isAdmin ? (
            <Button size="small" onClick={onChange} aria-label={`Change: ${title}`} title={key}>
              <Pencil aria-hidden size={14} />
              Change
            </Button>
          ) : null}
          <Button size="small" look="quiet" onClick={onHistory} aria-label={`History: ${title}`}>
            <History aria-hidden size={14} />
            History
          </Button>
        </div>
      </div>
      {kind === 'policies' ? (
        <details className="md:col-span-2">
          <summary className="w-fit rounded py-1 text-[13px] text-accent underline underline-offset-2">
            Show table
          </summary>
          <RecoveryTable rows={asRows(value)} />
        </details>
      ) : null}
    </li>
  );
}

function Value({ setting }: { setting: Setting }) {
  const { kind, value } = setting;
  const entries = kind === 'policies' ? null : describeLines(setting, value);
  if (entries === null || entries.length === 0)
    return <Words className="block break-words font-semibold" text={describeValue(setting, value)} />;
  if (kind === 'words')
    return (
      <ul className="flex flex-wrap gap-1">
        {entries.map((word) => (
          <li key={word} className="min-w-0">
            <Badge>
              <Words text={word} />
            </Badge>
          </li>
        ))}
      </ul>
    );
  return (
    <ol className="flex flex-col font-semibold">
      {entries.map((entry, index) => (
        <li key={entry} className="break-words">
          {entries.length > 1 ? <span className="pr-1.5 font-normal text-quiet">{index + 1}.</span> : null}
          <Words text={entry} />
        </li>
      ))}
    </ol>
  );
}

function Source({ setting }: { setting: Setting }) {
  const { source, environment, changed_by, changed_at, default: byDefault } = setting;
  if (source === 'environment')
    return (
      <p className="text-[13px] text-quiet">
        set by <code className="break-all">{environment}</code>
      </p>
    );
  if (source === 'default') return <p className="text-[13px] text-quiet">default</p>;
  return (
    <p className="text-[13px] text-quiet">
      <Badge tone="info">changed</Badge>{' '}
      {changed_by === null ? null : (
        <>
          by <Words text={nameOfActor(changed_by)} />{' '}
        </>
      )}
      {changed_at === null ? null : <Ago at={changed_at} />}
      <span className="block">
        default: <Words text={describeValue(setting, byDefault)} />
      </span>
    </p>
  );
}
