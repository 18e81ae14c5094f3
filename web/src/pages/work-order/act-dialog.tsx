// Shows the consequences of an action before it is confirmed, freshly loaded from the server when the dialog opens.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { ActView, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { usd } from '../../parts/money.ts';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { actNames } from './act-names.ts';
import { RetryForm, readRetry } from './retry-form.tsx';
import { detailKey } from './use-work-order.ts';

export interface ActDialogProps {
  detail: WorkOrderDetail;
  act: ActView;
  onClose(): void;
}

export function ActDialog({ detail, act: given, onClose }: ActDialogProps) {
  const formId = useId();
  const act = useNewest(detail.id, given);
  const send = useAct(detail.id, act.act, onClose);
  const [problem, setProblem] = useState<string>();
  const { verb, sure } = actNames[act.act];
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = act.act === 'retry' ? readRetry(event.currentTarget) : readReason(event.currentTarget);
    setProblem('problem' in read ? read.problem : undefined);
    if ('problem' in read) event.currentTarget.querySelector<HTMLInputElement>('[name=limit_usd]')?.focus();
    if ('body' in read) send.mutate(read.body);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`${verb}: ${legible(detail.title)}`}
      foot={
        <>
          <Button onClick={onClose}>{act.act === 'cancel' ? 'Keep it' : 'Cancel'}</Button>
          <Button
            type="submit"
            form={formId}
            look={act.is_destructive ? 'danger' : 'primary'}
            isBusy={send.isPending}
            disabled={!act.is_possible}
          >
            {sure}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4 [overflow-wrap:anywhere]" noValidate>
        <Consequence act={act} />
        {act.act === 'undo' ? <UndoPlan id={detail.id} /> : null}
        {act.act === 'retry' ? <RetryForm detail={detail} act={act} problem={problem} /> : <Reason />}
        {send.isError ? <Failed error={send.error} /> : null}
      </form>
    </Dialog>
  );
}

function Consequence({ act }: { act: ActView }) {
  return (
    <div className={`rounded-md p-3 ${act.is_destructive ? 'bg-bad-soft text-bad' : 'bg-raised'}`}>
      <p className="mb-1 text-[13px] font-medium">{act.is_possible ? 'What this does' : 'Not available'}</p>
      {act.is_possible ? (
        <ul className="flex list-disc flex-col gap-1 pl-5">
          {act.consequence.map((sentence) => (
            <li key={sentence} dir="auto">
              {sentence}
            </li>
          ))}
        </ul>
      ) : (
        <p>{act.why_not}</p>
      )}
      {act.is_possible ? (
        <p className="mt-2 text-[13px]">
          {act.cost_usd === null ? 'No cost.' : `Costs at most ${usd(act.cost_usd)}.`}
        </p>
      ) : null}
    </div>
  );
}

function UndoPlan({ id }: { id: string }) {
  const plan = useQuery({
    queryKey: [...detailKey(id), 'undo-plan'],
    queryFn: ({ signal }) => ask('get /api/work-orders/{id}/undo-plan', { params: { id }, signal }),
    staleTime: 0,
  });
  if (plan.isPending) return <Loading what="the undo plan" lines={3} />;
  if (plan.isError) return <Failed error={plan.error} onRetry={() => void plan.refetch()} />;
  if (plan.data.steps.length === 0) return <p className="text-quiet">There is nothing to undo.</p>;
  return (
    <div>
      <p className="mb-1 font-medium">Moose undoes this, in order:</p>
      <ol className="flex list-decimal flex-col gap-1 pl-5">
        {plan.data.steps.map((step) => (
          <li key={`${step.kind} ${step.does}`}>
            <Words text={step.does} />
          </li>
        ))}
      </ol>
    </div>
  );
}

const reasonCharsMax = 4_000;

function Reason() {
  return (
    <Field label="Reason (optional, kept in the history)">
      {(attributes) => (
        <textarea
          {...attributes}
          name="because"
          rows={2}
          dir="auto"
          maxLength={reasonCharsMax}
          className={inputClass}
        />
      )}
    </Field>
  );
}

function readReason(form: HTMLFormElement): { body: object } {
  const because = String(new FormData(form).get('because') ?? '').trim();
  return { body: because === '' ? {} : { because } };
}

/** The page's data may be out of date. */
function useNewest(id: string, given: ActView): ActView {
  const { data } = useQuery({
    queryKey: [...detailKey(id), 'acts'],
    queryFn: ({ signal }) => ask('get /api/work-orders/{id}/acts', { params: { id }, signal }),
    staleTime: 0,
  });
  return data?.acts.find(({ act }) => act === given.act) ?? given;
}

function useAct(id: string, act: ActView['act'], onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: object) => ask(`post /api/work-orders/{id}/${act}`, { params: { id }, body }),
    onSuccess: (changed) => {
      // A retry may have made another work order.
      client.setQueryData<WorkOrderDetail>(detailKey(id), (before) =>
        before?.id === changed.id ? { ...before, ...changed } : before,
      );
      onDone();
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: detailKey(id) }),
        client.invalidateQueries({ queryKey: ['work-orders'] }),
        client.invalidateQueries({ queryKey: ['escalations'] }),
      ]),
  });
}
