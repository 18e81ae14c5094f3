// Invites a person. The link is shown only once.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { createdInviteSchema, Me, newInviteSchema } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { CopyField } from '../../parts/copy-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { NameField, RoleField } from './token-fields.tsx';

type CreatedInvite = z.infer<typeof createdInviteSchema>;
type Body = z.input<typeof newInviteSchema>;

const dayMs = 24 * 60 * 60_000;
const daysOffered = [1, 7, 30] as const;

export function NewInvite({ onClose }: { onClose(): void }) {
  const [person, setPerson] = useState('');
  const [role, setRole] = useState<Me['role']>('operator');
  const [days, setDays] = useState(7);
  const [daily, setDaily] = useState('');
  const invite = useInvite();
  if (invite.data) return <ShownOnce made={invite.data} onClose={onClose} />;
  const problem = invite.error instanceof ProblemError ? invite.error.problem : null;
  const nameProblem = problem?.code.startsWith('INVITE_NAME_')
    ? `${problem.detail} ${problem.advice}`
    : undefined;
  const isAmount = daily.trim() === '' || /^\d+(\.\d+)?$/.test(daily.trim());
  const isComplete = person.trim() !== '' && isAmount;
  const submit = () => {
    const limit = daily.trim() === '' ? {} : { daily_usd: Number(daily) };
    invite.mutate({ person: person.trim(), role, expires_in_ms: days * dayMs, ...limit });
  };
  return (
    <FormDialog
      onClose={onClose}
      title="Invite a person"
      description="Creates a link that signs the person in, once."
      verb="Create link"
      isComplete={isComplete}
      isBusy={invite.isPending}
      onSubmit={submit}
    >
      <NameField
        label="Name"
        help="The name of the person in Moose, e.g. dee. It cannot be changed later."
        value={person}
        onChange={(text) => {
          invite.reset();
          setPerson(text);
        }}
        error={nameProblem}
      />
      <RoleField role={role} onChange={setRole} />
      <Days days={days} onChange={setDays} />
      <Field
        label="Dollars per day"
        help="The most that the work orders of this person may cost."
        error={isAmount ? undefined : 'Write dollars, e.g. 5 or 0.50.'}
      >
        {(attributes) => (
          <input
            {...attributes}
            value={daily}
            inputMode="decimal"
            autoComplete="off"
            placeholder="as for everybody without a limit of their own"
            onChange={(event) => setDaily(event.target.value)}
            className={inputClass}
          />
        )}
      </Field>
      {invite.error && nameProblem === undefined ? <Failed error={invite.error} /> : null}
    </FormDialog>
  );
}

function Days({ days, onChange }: { days: number; onChange(days: number): void }) {
  return (
    <Field label="The link works for">
      {(attributes) => (
        <select
          {...attributes}
          value={days}
          onChange={(event) => onChange(Number(event.target.value))}
          className={inputClass}
        >
          {daysOffered.map((each) => (
            <option key={each} value={each}>
              {each === 1 ? '1 day' : `${each} days`}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => ask('post /api/invites', { body }),
    // The link is not stored anywhere else.
    gcTime: 0,
    onSettled: () =>
      Promise.all(['invites', 'limits', 'audit'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}

const isHere = (link: string) => ['localhost', '127.0.0.1', '[::1]'].includes(new URL(link).hostname);

function ShownOnce({ made, onClose }: { made: CreatedInvite; onClose(): void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Invite of ${made.person}`}
      description="Copy the link now. It is not shown again. Whoever opens it first and accepts the invite signs in as this person."
      foot={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <CopyField label="Link" value={made.link} />
      {isHere(made.link) ? (
        <p className="pt-3 text-[13px] text-warn">
          This link works on the machine of this server only. For other machines, set MOOSE_BASE_URL to the
          address that people use.
        </p>
      ) : null}
    </Dialog>
  );
}
