import { useQuery } from '@tanstack/react-query';
import { ShieldAlert } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import type { Diff, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { type Comment, DiffFile } from './diff-file.tsx';
import { MessageDialog, type Place } from './message-dialog.tsx';
import { parsePatch } from './parse-patch.ts';
import { isAgentAtWork, useCanSend } from './use-can-send.ts';
import { detailKey } from './use-work-order.ts';

/** Further files start collapsed. */
const openFilesMax = 12;
const openLinesMax = 400;
const filesMax = 400;

export function DiffTab(order: Pick<WorkOrderDetail, 'id' | 'status' | 'step' | 'command'>) {
  const { id } = order;
  const canSend = useCanSend(order);
  const [place, setPlace] = useState<Place>();
  const comment = useCallback((file: string, line: number | null) => setPlace({ file, line }), []);
  const query = useQuery({
    queryKey: [...detailKey(id), 'diff'],
    queryFn: ({ signal }) => ask('get /api/work-orders/{id}/diff', { params: { id }, signal }),
  });
  if (query.isPending) return <Loading what="the diff" lines={6} />;
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <Change diff={query.data} comment={canSend ? comment : undefined} />
      {place ? (
        <MessageDialog
          id={id}
          place={place}
          isAtWork={isAgentAtWork(order)}
          onClose={() => setPlace(undefined)}
        />
      ) : null}
    </>
  );
}

function Change({ diff, comment }: { diff: Diff; comment: Comment | undefined }) {
  const files = useMemo(() => parsePatch(diff.patch ?? ''), [diff.patch]);
  if (diff.patch === null || (files.length === 0 && diff.files.length === 0))
    return (
      <Empty title="No changes yet">
        The agent’s changes appear here, file by file, after the “applying” step.
      </Empty>
    );
  const counted = diff.files.length > 0 ? diff.files : files;
  const added = counted.reduce((sum, file) => sum + file.added, 0);
  const removed = counted.reduce((sum, file) => sum + file.removed, 0);
  const automatic = diff.files.filter(({ is_automatic }) => is_automatic).map(({ path }) => path);
  const there = new Set(files.map(({ path }) => path));
  const missing = diff.files.filter(({ path }) => !there.has(path));
  return (
    <div className="flex flex-col gap-3 [overflow-wrap:anywhere]">
      <p className="tabular-nums">
        {counted.length === 1 ? '1 file' : `${counted.length} files`},{' '}
        <span className="font-medium text-good">{added} added</span>,{' '}
        <span className="font-medium text-bad">{removed} removed</span> lines
      </p>
      {automatic.length > 0 ? (
        <div className="flex items-start gap-2.5 rounded-lg bg-warn-soft px-4 py-3 text-warn">
          <ShieldAlert aria-hidden size={18} className="mt-0.5 shrink-0" />
          <div>
            <p className="font-semibold">
              This change touches files that run automatically. Review them with care.
            </p>
            <ul className="font-mono text-[13px]">
              {automatic.map((path) => (
                <li key={path}>
                  <Words text={path} />
                </li>
              ))}
            </ul>
          </div>
        </div>
      ) : null}
      {diff.is_whole ? null : (
        <p className="rounded-lg bg-info-soft px-4 py-3 text-info">
          The change is too large to show in full. The branch has all of it.
        </p>
      )}
      {files.slice(0, filesMax).map((file, index) => (
        <DiffFile
          key={file.path}
          file={file}
          comment={comment}
          isAutomatic={automatic.includes(file.path)}
          isOpenAtFirst={index < openFilesMax && file.lines.length <= openLinesMax}
        />
      ))}
      {missing.length > 0 || files.length > filesMax ? (
        <p className="text-quiet">
          {missing.length + Math.max(0, files.length - filesMax)} more files are not shown here.
        </p>
      ) : null}
    </div>
  );
}
