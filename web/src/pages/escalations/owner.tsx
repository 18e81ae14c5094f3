// Who is expected to answer a question, and the form that assigns it to somebody else.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { UserRound } from 'lucide-react';
import { useState } from 'react';
import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useMayAct } from './use-me.ts';

const reasons = {
  requester: 'asked for the work',
  project: 'owns the project',
  on_call: 'is on call',
  handed_on: 'was assigned to it',
} as const;

export function Owner({ card }: { card: EscalationCard }) {
  const [isOpen, setOpen] = useState(false);
  const mayAct = useMayAct();
  const because = card.owners.at(-1)?.because;
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-quiet">
        <UserRound aria-hidden size={15} />
        {card.owner === null ? (
          'Nobody owns this question.'
        ) : (
          <span>
            For <Words className="font-medium text-text" text={card.owner} />
            {because ? `, who ${reasons[because]}` : ''}
            {card.owned_since ? (
              <>
                {', since '}
                <Ago at={card.owned_since} />
              </>
            ) : null}
          </span>
        )}
        {mayAct ? (
          <Button size="small" look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            Assign to someone else
          </Button>
        ) : null}
      </p>
      {isOpen ? <HandOn card={card} onDone={() => setOpen(false)} /> : null}
    </div>
  );
}

function HandOn({ card, onDone }: { card: EscalationCard; onDone(): void }) {
  const [owner, setOwner] = useState('');
  const client = useQueryClient();
  const handOn = useMutation({
    mutationFn: () =>
      ask('put /api/escalations/{id}/owner', { params: { id: card.id }, body: { owner: owner.trim() } }),
    onSuccess: (changed) => {
      client.setQueryData(['escalations', 'one', card.id], changed);
      announce(`The question is now for ${changed.owner ?? 'nobody'}.`);
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['escalations'] }),
  });
  const names = [...new Set(card.owners.map((each) => each.owner))];
  const listId = `had-${card.id}`;
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (owner.trim() !== '') handOn.mutate();
      }}
    >
      <Field label="Assign to" help="The name with which this person signs in.">
        {(attributes) => (
          <div className="flex gap-2">
            <input
              {...attributes}
              list={listId}
              value={owner}
              autoComplete="off"
              spellCheck={false}
              maxLength={200}
              onChange={(event) => setOwner(event.target.value)}
              className={inputClass}
            />
            <datalist id={listId}>
              {names.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            <Button type="submit" isBusy={handOn.isPending} disabled={owner.trim() === ''}>
              Assign to this person
            </Button>
          </div>
        )}
      </Field>
      {handOn.error ? <Failed error={handOn.error} /> : null}
    </form>
  );
}
