// Stores an edited plan as its next version, with a reason that others read.

import { useState } from 'react';
import type { Spec } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import type { Plan } from './plan-draft.ts';
import { useSpecChange } from './use-spec.ts';

const reasonCharsMax = 200;

export interface StoreEditProps {
  spec: Spec;
  draft: Plan;
  /** The changes in words. */
  changes: string;
  /** The version that was edited. */
  after: number;
  onDiscard(): void;
}

export function StoreEdit({ spec, draft, changes, after, onDiscard }: StoreEditProps) {
  const [given, setReason] = useState('');
  const because = (given.trim() || changes).slice(0, reasonCharsMax);
  const store = useSpecChange(() =>
    ask('put /api/specs/{id}/plan', { params: { id: spec.id }, body: { plan: draft, after, because } }),
  );
  return (
    <section aria-label="Edited plan" className="flex flex-col gap-3 rounded-md bg-info-soft p-4">
      <p className="font-medium text-info [overflow-wrap:anywhere]">Not stored yet: {changes}.</p>
      <TextField
        label="Reason (optional)"
        help="Others see it beside the new version."
        value={given}
        onChange={(text) => setReason(text.slice(0, reasonCharsMax))}
      />
      {store.error ? <Failed error={store.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" isBusy={store.isPending} onClick={() => store.mutate()}>
          Store as version {after + 1}
        </Button>
        <Button disabled={store.isPending} onClick={onDiscard}>
          Discard
        </Button>
      </div>
    </section>
  );
}
