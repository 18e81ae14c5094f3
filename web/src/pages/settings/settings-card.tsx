// The settings of a group, with the dialog for the one that is being changed or whose history is open.
import { useState } from 'react';
import type { Setting } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/states.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import { HistoryDialog } from './history-dialog.tsx';
import { SettingRow } from './setting-row.tsx';

export interface SettingsCardProps {
  title: string;
  items: readonly Setting[];
  isAdmin: boolean;
}

interface Opened {
  what: 'change' | 'history';
  key: string;
  /** A value from the history to restore; null is the default. */
  value?: unknown;
}

export function SettingsCard({ title, items, isAdmin }: SettingsCardProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const setting = items.find(({ key }) => key === opened?.key);
  const close = () => setOpened(null);
  return (
    <Card title={title} isFlush>
      {items.length === 0 ? (
        <Empty title="No settings">This version of Moose has no settings in this group.</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {items.map((each) => (
            <SettingRow
              key={each.key}
              setting={each}
              isAdmin={isAdmin}
              onChange={() => setOpened({ what: 'change', key: each.key })}
              onHistory={() => setOpened({ what: 'history', key: each.key })}
            />
          ))}
        </ul>
      )}
      {setting && opened?.what === 'change' ? (
        <ChangeDialog
          setting={setting}
          {...('value' in opened ? { start: { value: opened.value } } : {})}
          onClose={close}
        />
      ) : null}
      {setting && opened?.what === 'history' ? (
        <HistoryDialog
          setting={setting}
          onClose={close}
          onPutBack={isAdmin ? (value) => setOpened({ what: 'change', key: setting.key, value }) : null}
        />
      ) : null}
    </Card>
  );
}
