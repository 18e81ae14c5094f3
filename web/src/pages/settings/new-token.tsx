// Creates a token. Its secret is shown only once.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { z } from 'zod';
import type { createdTokenSchema, newTokenSchema } from '../../../../src/contract/contract.ts';
import { call, ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';

type CreatedToken = z.infer<typeof createdTokenSchema>;
type NewTokenBody = z.infer<typeof newTokenSchema>;

type TokenRole = NewTokenBody['role'];
const roleMeanings: Readonly<Record<TokenRole, string>> = {
  viewer: 'Can view everything and change nothing.',
  operator: 'Can view everything, submit and control work orders, and answer questions.',
  admin: 'Can do everything, including changes on this page.',
};
const nameCharsMax = 100;

export function NewToken({ onClose }: { onClose(): void }) {
  const formId = useId();
  const [name, setName] = useState('');
  const [person, setPerson] = useState('');
  const [role, setRole] = useState<TokenRole>('operator');
  const create = useCreateToken();
  if (create.data) return <ShownOnce created={create.data} onClose={onClose} />;
  const problem = create.error instanceof ProblemError ? create.error.problem : null;
  const nameProblem = problem?.code.startsWith('TOKEN_NAME_')
    ? `${problem.detail} ${problem.advice}`
    : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    create.mutate({
      ...{ name: name.trim(), role },
      ...(person.trim() === '' ? {} : { person: person.trim() }),
    });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="New token"
      description="For a person to sign in with, or for a program that uses the API."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={formId}
            look="primary"
            isBusy={create.isPending}
            disabled={name.trim() === ''}
          >
            Create token
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-4">
        <Name
          label="Name"
          help="What the token is for, e.g. ci or Ada’s laptop."
          value={name}
          onChange={setName}
          error={nameProblem}
        />
        <Role role={role} onChange={setRole} />
        <Name
          label="Person"
          help="Who signs in with it, e.g. ada. Leave empty for a program. Only people can raise limits and end pauses."
          value={person}
          onChange={setPerson}
        />
        {create.error && nameProblem === undefined ? <Failed error={create.error} /> : null}
      </form>
    </Dialog>
  );
}

function Role({ role, onChange }: { role: TokenRole; onChange(role: TokenRole): void }) {
  return (
    <Field label="Role" help={roleMeanings[role]}>
      {(attributes) => (
        <select
          {...attributes}
          value={role}
          onChange={(event) => onChange(event.target.value as TokenRole)}
          className={inputClass}
        >
          {Object.keys(roleMeanings).map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface NameProps {
  label: string;
  help: string;
  value: string;
  onChange(text: string): void;
  error?: string | undefined;
}

function Name({ label, help, value, onChange, error }: NameProps) {
  return (
    <Field label={label} help={help} error={error}>
      {(attributes) => (
        <input
          {...attributes}
          value={value}
          autoComplete="off"
          maxLength={nameCharsMax}
          onChange={(event) => onChange(event.target.value as TokenRole)}
          className={inputClass}
        />
      )}
    </Field>
  );
}

function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTokenBody) => call<CreatedToken>('/api/tokens', { method: 'POST', body }),
    // The secret is not stored anywhere else.
    gcTime: 0,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['tokens'] }),
        client.invalidateQueries({ queryKey: ['audit'] }),
      ]),
  });
}

function ShownOnce({ created, onClose }: { created: CreatedToken; onClose(): void }) {
  const [told, setTold] = useState('');
  const copy = () =>
    // The clipboard is missing on pages served over plain HTTP from another machine.
    Promise.resolve(navigator.clipboard)
      .then((clipboard) => clipboard.writeText(created.token))
      .then(
        () => setTold('Copied.'),
        () => setTold('Copying failed. Select the token and copy it manually.'),
      );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Token ${created.name}`}
      description="Copy the token now. It is not shown again."
      foot={
        <Button look="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <Field label="Token" help={<span role="status">{told}</span>}>
        {(attributes) => (
          <div className="flex gap-2">
            <input
              {...attributes}
              readOnly
              value={created.token}
              onFocus={(event) => event.target.select()}
              className={`${inputClass} font-mono text-[13px]`}
            />
            <Button onClick={() => void copy()}>Copy</Button>
          </div>
        )}
      </Field>
    </Dialog>
  );
}
