// Shows what running a plan would do and cost, before a person approves it.

import type { Spec } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import type { Plan } from './plan-draft.ts';
import { usdSpan } from './span-words.ts';
import { useDecisions, usePlanning, useSpecChange } from './use-spec.ts';

export interface ApproveDialogProps {
  spec: Spec;
  version: number;
  plan: Plan;
  onClose(): void;
}

export function ApproveDialog({ spec, version, plan, onClose }: ApproveDialogProps) {
  const given = { params: { id: spec.id }, body: { plan: version } };
  const run = useSpecChange(() => ask('post /api/specs/{id}/run', given), onClose);
  const approve = useSpecChange(() => ask('post /api/specs/{id}/approve', given), onClose);
  const runFor = usePlanning(spec.id).data?.planning?.run_for ?? null;
  const first = plan.work_orders.filter(({ depends_on }) => depends_on.length === 0).length;
  const decided = useDecisions(spec.id).data?.items.find((each) => each.version === version)?.estimate_usd;
  const estimate = decided ?? spec.estimate.work_usd;
  const isBusy = run.isPending || approve.isPending;
  const error = run.error ?? approve.error;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Approve version ${version}?`}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button disabled={isBusy} isBusy={approve.isPending} onClick={() => approve.mutate()}>
            Only approve
          </Button>
          <Button look="primary" disabled={isBusy} isBusy={run.isPending} onClick={() => run.mutate()}>
            Approve and run
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          {plan.work_orders.length === 1
            ? 'One work order is stored and starts.'
            : `${plan.work_orders.length} work orders are stored. ${first === 1 ? 'One starts' : `${first} start`} at once; each of the others starts when those before it are completed.`}
        </p>
        <p>
          Estimated cost: <strong className="tabular-nums">{usdSpan(estimate)}</strong>
          <span className="block text-[13px] text-quiet">
            {decided ? 'The Director’s estimate of this version.' : 'Estimated when the spec was saved.'} Your
            limits apply in any case.
          </span>
        </p>
        {runFor === null ? null : (
          <p>The Director was asked to decide about this plan; your approval overrides its decision.</p>
        )}
        <p className="text-[13px] text-quiet">An approved plan can no longer be edited or planned again.</p>
        {error ? <Failed error={error} /> : null}
      </div>
    </Dialog>
  );
}
