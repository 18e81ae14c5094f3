// The actions on all work orders of a spec together.

import { CirclePause, CirclePlay, RotateCcw, X } from 'lucide-react';
import { useState } from 'react';
import type { Spec, SpecRun } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { useSpecChange } from './use-spec.ts';

type Act = 'run' | 'pause' | 'resume' | 'retry';

const retried: ReadonlySet<string> = new Set(['failed', 'needs_review', 'cancelled']);

export function RunActs({ spec, run }: { spec: Spec; run: SpecRun }) {
  const params = { id: spec.id };
  const act = useSpecChange((name: Act) => ask(`post /api/specs/{id}/${name}`, { params }));
  const [isCancelling, setCancelling] = useState(false);
  const { state, work_orders } = run;
  const failed = work_orders.filter(({ status }) => retried.has(status)).length;
  const isOver = state === 'cancelled' || work_orders.every(({ status }) => status === 'completed');
  const button = (name: Act, look: 'primary' | 'plain', children: React.ReactNode) => (
    <Button
      look={look}
      className="min-h-11 sm:min-h-9"
      disabled={act.isPending}
      isBusy={act.isPending && act.variables === name}
      onClick={() => act.mutate(name)}
    >
      {children}
    </Button>
  );
  if (isOver) return null;
  return (
    <section aria-label="Actions on the whole spec" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {state === 'approved' ? button('run', 'primary', <Named Icon={CirclePlay} words="Run" />) : null}
        {state === 'paused'
          ? button('resume', 'primary', <Named Icon={CirclePlay} words="Resume all" />)
          : null}
        {state === 'running'
          ? button('pause', 'plain', <Named Icon={CirclePause} words="Pause all" />)
          : null}
        {failed > 0 && state !== 'approved'
          ? button(
              'retry',
              'plain',
              <Named Icon={RotateCcw} words={`Retry stopped work orders (${failed})`} />,
            )
          : null}
        <Button look="danger" className="min-h-11 sm:min-h-9" onClick={() => setCancelling(true)}>
          <Named Icon={X} words="Cancel all…" />
        </Button>
      </div>
      {act.error ? <Failed error={act.error} /> : null}
      {isCancelling ? <Cancelling id={spec.id} onClose={() => setCancelling(false)} /> : null}
    </section>
  );
}

function Named({ Icon, words }: { Icon: typeof X; words: string }) {
  return (
    <>
      <Icon aria-hidden size={15} />
      {words}
    </>
  );
}

function Cancelling({ id, onClose }: { id: string; onClose(): void }) {
  const cancel = useSpecChange(() => ask('post /api/specs/{id}/cancel', { params: { id } }), onClose);
  return (
    <ConfirmDialog
      title="Cancel the whole spec?"
      verb="Cancel the spec"
      isBusy={cancel.isPending}
      error={cancel.error}
      onConfirm={() => cancel.mutate()}
      onClose={onClose}
    >
      <p>
        Every work order that is not completed is cancelled. Completed work and its pull requests stay. A
        cancelled spec cannot run again.
      </p>
    </ConfirmDialog>
  );
}
