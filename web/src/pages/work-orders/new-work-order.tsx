// The form for a work order. Submitting twice from one opened form creates only one.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { SubmissionBody, Submitted } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed } from '../../parts/states.tsx';
import { newKey } from './new-key.ts';
import {
  bodyOf,
  type Draft,
  emptyDraft,
  type FieldProblems,
  fieldProblemsOf,
  keepDraft,
  readDraft,
} from './submission-draft.ts';
import { SubmissionFields } from './submission-fields.tsx';

export function NewWorkOrder({ onClose }: { onClose(): void }) {
  const formId = useId();
  const [draft, setDraft] = useState(readDraft);
  const [ownProblems, setOwnProblems] = useState<FieldProblems>({});
  const form = useRef<HTMLFormElement>(null);
  const submission = useSubmission();
  const refused = submission.error instanceof ProblemError ? fieldProblemsOf(submission.error.problem) : {};
  const problems = { ...refused, ...ownProblems };
  useFocusOnProblem(form, problems);
  const change = (changed: Partial<Draft>) => {
    const next = { ...draft, ...changed };
    setDraft(next);
    keepDraft(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { body, problems: found } = bodyOf(draft);
    setOwnProblems(found);
    if (Object.keys(found).length === 0) submission.mutate(body);
  };
  if (submission.data?.warnings.length) return <Warnings submitted={submission.data} onClose={onClose} />;
  return (
    <Dialog
      isOpen
      isWide
      onClose={onClose}
      title="New work order"
      description="Moose works on it until it has a pull request or a question for you."
      foot={
        <>
          <Button look="quiet" onClick={() => change(emptyDraft)}>
            Clear form
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" isBusy={submission.isPending}>
            Submit
          </Button>
        </>
      }
    >
      <form id={formId} ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
        {submission.error && Object.keys(refused).length === 0 ? <Failed error={submission.error} /> : null}
        <SubmissionFields draft={draft} change={change} problems={problems} />
      </form>
    </Dialog>
  );
}

function useSubmission() {
  const sent = useRef({ text: '', key: '' });
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: SubmissionBody) => {
      const text = JSON.stringify(body);
      // What was refused and is corrected is another request.
      if (sent.current.text !== text) sent.current = { text, key: newKey() };
      return ask('post /api/work-orders', { body, key: sent.current.key });
    },
    onSuccess: ({ work_order, warnings }) => {
      keepDraft(null);
      void queries.invalidateQueries({ queryKey: ['work-orders'] });
      void queries.invalidateQueries({ queryKey: ['projects'] });
      if (warnings.length === 0) void navigate({ to: '/work-orders/$id', params: { id: work_order.id } });
    },
  });
}

/** Moves the focus to the first invalid field. */
function useFocusOnProblem(form: React.RefObject<HTMLFormElement | null>, problems: FieldProblems): void {
  const names = Object.keys(problems).join();
  useEffect(() => {
    if (names !== '') form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form, names]);
}

function Warnings({ submitted, onClose }: { submitted: Submitted; onClose(): void }) {
  const navigate = useNavigate();
  const { work_order, warnings } = submitted;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Submitted"
      description={legible(work_order.title)}
      foot={
        <Button
          look="primary"
          onClick={() => void navigate({ to: '/work-orders/$id', params: { id: work_order.id } })}
        >
          View work order
        </Button>
      }
    >
      <p className="pb-2 font-medium">Warnings:</p>
      <ul className="flex list-disc flex-col gap-1.5 pl-5">
        {warnings.map((warning) => (
          <li key={warning} className="break-words">
            {warning}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
