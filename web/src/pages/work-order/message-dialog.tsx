// Sends a message to a running work order, or a comment on a line of its change.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { z } from 'zod';
import type { messageSchema, sentSchema } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { shown } from '../../parts/plain-text.ts';
import { Failed } from '../../parts/states.tsx';
import { newKey } from '../work-orders/new-key.ts';
import { detailKey } from './use-work-order.ts';

/** A line of the change, with its text. */
export interface Place {
  file: string;
  line: number | null;
}

type ReadIn = z.infer<typeof sentSchema>['read_in'];

const charsMax = 10_000;
const readingSentence: Readonly<Record<ReadIn, string>> = {
  first_cycle: 'Sent. The agent reads it with the task.',
  now: 'Sent. The agent is interrupted, keeps its files, and reads it at once.',
  next_cycle: 'Sent. The agent reads it in its next cycle, before anything is published.',
  next_run: 'Sent. The agent reads it when the work order runs again, from generating.',
};

export function MessageDialog({
  id,
  place,
  isAtWork,
  onClose,
}: {
  id: string;
  /** True while an agent works, so that it can be interrupted. */
  isAtWork: boolean;
  place?: Place | undefined;
  onClose(): void;
}) {
  const formId = useId();
  const send = useSend(id);
  const retry = useRetry(id, onClose);
  const sendFrom = (form: HTMLFormElement, now: boolean) => {
    const given = new FormData(form);
    const text = String(given.get('text') ?? '').trim();
    const line = Number(given.get('line')) || null;
    if (text === '') return form.querySelector('textarea')?.focus();
    send.mutate({
      text,
      ...(place ? { file: place.file } : {}),
      ...(place && line ? { line } : {}),
      ...(now ? { now } : {}),
    });
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    sendFrom(event.currentTarget, false);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={place ? 'Comment on the change' : 'Send a message'}
      description={
        place
          ? shown(place.file)
          : 'Every later prompt of this work order contains it. Nothing is published until it was read.'
      }
      foot={
        send.data ? (
          <>
            {send.data.read_in === 'next_run' ? (
              <Button isBusy={retry.isPending} onClick={() => retry.mutate()}>
                Retry from generating
              </Button>
            ) : null}
            <Button look="primary" onClick={onClose}>
              Done
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            {isAtWork ? (
              <Button
                title="Ends the agent's turn. It keeps its files, and reads the message at once."
                disabled={send.isPending}
                onClick={() => {
                  const form = document.getElementById(formId);
                  if (form instanceof HTMLFormElement) sendFrom(form, true);
                }}
              >
                Interrupt the agent
              </Button>
            ) : null}
            <Button type="submit" form={formId} look="primary" isBusy={send.isPending}>
              Send
            </Button>
          </>
        )
      }
    >
      {send.data ? (
        <>
          <p role="status">{readingSentence[send.data.read_in]}</p>
          {retry.isError ? <Failed error={retry.error} /> : null}
        </>
      ) : (
        <form id={formId} onSubmit={submit} className="flex flex-col gap-4" noValidate>
          {place ? <LineField line={place.line} /> : null}
          <Field label="What should be different">
            {(attributes) => (
              <textarea
                {...attributes}
                name="text"
                rows={4}
                dir="auto"
                maxLength={charsMax}
                className={inputClass}
              />
            )}
          </Field>
          {send.isError ? <Failed error={send.error} /> : null}
        </form>
      )}
    </Dialog>
  );
}

function LineField({ line }: { line: number | null }) {
  return (
    <Field label="Line (empty: the whole file)">
      {(attributes) => (
        <input
          {...attributes}
          name="line"
          inputMode="numeric"
          autoComplete="off"
          defaultValue={line ?? ''}
          className={`${inputClass} max-w-32`}
        />
      )}
    </Field>
  );
}

function useSend(id: string) {
  const client = useQueryClient();
  const [idempotencyKey] = useState(newKey);
  return useMutation({
    mutationFn: (body: z.infer<typeof messageSchema>) =>
      ask('post /api/work-orders/{id}/messages', { params: { id }, body, key: idempotencyKey }),
    onSuccess: () => client.invalidateQueries({ queryKey: detailKey(id) }),
  });
}

/** The work order has stopped, so its next run reads the message. */
function useRetry(id: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      ask('post /api/work-orders/{id}/retry', { params: { id }, body: { from: 'generating' } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: detailKey(id) });
      onDone();
    },
  });
}
