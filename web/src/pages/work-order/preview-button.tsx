// Opens a service of the work order in a new tab, through Moose, on a host name of its own.
import { useMutation } from '@tanstack/react-query';
import type { Session } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { useMayAct } from '../escalations/use-me.ts';

export function PreviewButton({ session }: { session: Pick<Session, 'name' | 'work_order_id'> }) {
  const open = useOpen(session);
  if (!useMayAct()) return null;
  return (
    <>
      <Button size="small" disabled={open.isPending} onClick={() => open.mutate(emptyTab())}>
        Open preview
      </Button>
      {open.isError ? (
        <div className="w-full">
          <Failed error={open.error} />
        </div>
      ) : null}
    </>
  );
}

/**
 * Browsers open a tab only at the click, before the link is there. The page in it is a stranger's: it gets no way back to
 * this one. Null if the browser refuses.
 */
function emptyTab(): Window | null {
  const tab = window.open('', '_blank');
  if (tab !== null) tab.opener = null;
  return tab;
}

function useOpen({ name: service, work_order_id: id }: Pick<Session, 'name' | 'work_order_id'>) {
  return useMutation({
    mutationFn: (_tab: Window | null) =>
      ask('post /api/work-orders/{id}/preview', { params: { id }, body: { service } }),
    onSuccess: ({ url }, tab) => (tab ?? window).location.assign(url),
    onError: (_error, tab) => tab?.close(),
  });
}
