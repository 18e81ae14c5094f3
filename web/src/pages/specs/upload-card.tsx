// Uploads a spec: choose or paste it, estimate it, then save it. A repeated request saves it only once.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SpecUpload } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Failed } from '../../parts/states.tsx';
import { newKey } from '../work-orders/new-key.ts';
import { Estimate } from './estimate.tsx';
import { bytesOf, specBytesMax } from './read-spec-file.ts';
import { SpecFields } from './spec-fields.tsx';
import { SpecFileDrop } from './spec-file-drop.tsx';

export interface SpecDraft extends SpecUpload {
  project: string;
}

const empty: SpecDraft = { name: '', project: '', content: '' };

export function UploadCard() {
  const [draft, setDraft] = useState(empty);
  const [isTried, setTried] = useState(false);
  const estimate = useEstimate();
  const keep = useKeep(() => {
    setDraft(empty);
    setTried(false);
    estimate.reset();
  });
  const change = (changed: Partial<SpecDraft>) => {
    setDraft({ ...draft, ...changed });
    keep.reset();
    // A changed text invalidates the estimate.
    if (changed.content !== undefined) estimate.reset();
  };
  const problems = { ...serverProblems(estimate.error ?? keep.error), ...(isTried ? problemsOf(draft) : {}) };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problemsOf(draft)).length > 0) return;
    if (estimate.data) keep.mutate(draft);
    else estimate.mutate(draft);
  };
  const failure = estimate.error ?? keep.error;
  return (
    <Card title="New spec">
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <SpecFileDrop
          onRead={({ name, content }) => change({ content, ...(draft.name.trim() === '' ? { name } : {}) })}
        />
        <SpecFields {...{ draft, change, problems }} />
        {failure && Object.keys(serverProblems(failure)).length === 0 ? <Failed error={failure} /> : null}
        {estimate.data ? <Estimate estimate={estimate.data} isNew /> : null}
        <div className="flex flex-wrap items-center gap-2">
          {estimate.data ? (
            <Button type="submit" look="primary" isBusy={keep.isPending}>
              Save spec
            </Button>
          ) : (
            <Button type="submit" look="primary" isBusy={estimate.isPending}>
              Estimate cost
            </Button>
          )}
          <span role="status" className="text-[13px] text-quiet">
            {keep.data ? `Saved ${keep.data.name}.` : estimate.data ? null : 'Estimates are free.'}
          </span>
        </div>
      </form>
    </Card>
  );
}

export type SpecProblems = Partial<Record<keyof SpecDraft, string>>;

function problemsOf({ name, content }: SpecDraft): SpecProblems {
  return {
    ...(name.trim() === '' ? { name: 'Enter a name.' } : {}),
    ...(content.trim() === '' ? { content: 'Choose a file or enter the text.' } : {}),
    ...(bytesOf(content) > specBytesMax
      ? { content: 'The text is longer than 512 kB. Split it into several specs.' }
      : {}),
  };
}

/** Maps server errors to their fields. */
function serverProblems(error: unknown): SpecProblems {
  if (!(error instanceof ProblemError)) return {};
  const { code, detail, advice, issues = [] } = error.problem;
  if (code.startsWith('SPEC_') || code === 'BODY_TOO_LARGE') return { content: `${detail} ${advice}` };
  const names = ['name', 'project', 'content'] as const;
  const found = issues.flatMap(({ path, message }) => {
    const name = names.find((each) => each === path);
    return name ? [[name, message] as const] : [];
  });
  return Object.fromEntries(found);
}

const bodyOf = ({ name, project, content }: SpecDraft) => ({
  name: name.trim(),
  content,
  ...(project.trim() === '' ? {} : { project: project.trim() }),
});

function useEstimate() {
  return useMutation({
    mutationFn: (draft: SpecDraft) => ask('post /api/specs/estimate', { body: bodyOf(draft) }),
  });
}

function useKeep(onDone: () => void) {
  const client = useQueryClient();
  // The key belongs to the request body: a changed form is another spec.
  const [sent, setSent] = useState({ body: '', key: '' });
  return useMutation({
    mutationFn: (draft: SpecDraft) => {
      const body = JSON.stringify(bodyOf(draft));
      const key = sent.body === body ? sent.key : newKey();
      setSent({ body, key });
      return ask('post /api/specs', { body: bodyOf(draft), key });
    },
    onSuccess: () => {
      setSent({ body: '', key: '' });
      onDone();
      return client.invalidateQueries({ queryKey: ['specs'] });
    },
  });
}
