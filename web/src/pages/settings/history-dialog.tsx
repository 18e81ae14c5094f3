// All earlier values of a setting, newest first. Each can be restored.

import { useInfiniteQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Setting, settingHistoryPage } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { describeValue } from './describe-value.ts';
import { asRows } from './recovery-row.ts';
import { RecoveryTable } from './recovery-table.tsx';

type HistoryPage = z.infer<typeof settingHistoryPage>;

export interface HistoryDialogProps {
  setting: Setting;
  onClose(): void;
  /** Null if the user may not restore values. A value of null means the default. */
  onPutBack: ((value: unknown) => void) | null;
}

const pageSize = 20;

export function HistoryDialog({ setting, onClose, onPutBack }: HistoryDialogProps) {
  const history = useInfiniteQuery({
    queryKey: ['settings', 'history', setting.key],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask('get /api/settings/{key}/history', {
        params: { key: setting.key },
        query: { cursor: pageParam, limit: pageSize },
        signal,
      }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const versions = history.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Dialog isOpen isWide={setting.kind === 'policies'} onClose={onClose} title={`History: ${setting.title}`}>
      {history.isPending ? <Loading what="the history" /> : null}
      {history.isError ? <Failed error={history.error} onRetry={() => void history.refetch()} /> : null}
      {history.isSuccess && versions.length === 0 ? (
        <Empty title="No changes yet">
          The value is <Words text={describeValue(setting, setting.value)} />
          {setting.source === 'environment' ? `, set by ${setting.environment}` : null}. Changes appear here
          with who made them and when.
        </Empty>
      ) : null}
      <ol className="flex flex-col divide-y divide-line">
        {versions.map((version) => (
          <Version
            key={version.version}
            {...{ setting, version }}
            isNow={version.version === setting.version}
            onPutBack={onPutBack}
          />
        ))}
      </ol>
      {history.hasNextPage ? (
        <Button isBusy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
          Show earlier changes
        </Button>
      ) : null}
    </Dialog>
  );
}

interface VersionProps extends Pick<HistoryDialogProps, 'setting' | 'onPutBack'> {
  version: HistoryPage['items'][number];
  isNow: boolean;
}

function Version({
  setting,
  version: { version, value, changed_by, changed_at },
  isNow,
  onPutBack,
}: VersionProps) {
  const isTable = setting.kind === 'policies' && value !== null;
  return (
    <li className="flex flex-wrap items-start justify-between gap-2 py-2.5">
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className="font-semibold">
          <Words text={value === null ? 'Reset to default' : describeValue(setting, value)} />{' '}
          {isNow ? <Badge tone="info">current</Badge> : null}
        </p>
        <p className="text-[13px] text-quiet">
          <Words text={nameOfActor(changed_by)} />, <Ago at={changed_at} />
        </p>
        {isTable ? (
          <details>
            <summary className="text-[13px] text-accent underline">Show table</summary>
            <RecoveryTable rows={asRows(value)} />
          </details>
        ) : null}
      </div>
      {onPutBack && !isNow ? (
        <Button
          size="small"
          onClick={() => onPutBack(value ?? null)}
          aria-label={`Restore version ${version}`}
        >
          Restore
        </Button>
      ) : null}
    </li>
  );
}
