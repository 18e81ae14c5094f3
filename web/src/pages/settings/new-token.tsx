// Creates a token. Its secret is shown only once.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { createdTokenSchema, newTokenSchema } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { ProblemError } from '../../api/call.ts';
import { Button } from '../../parts/button.tsx';
import { CopyField } from '../../parts/copy-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { NameField, RoleField } from './token-fields.tsx';

type CreatedToken = z.infer<typeof createdTokenSchema>;
type NewTokenBody = z.infer<typeof newTokenSchema>;
export function NewToken({ onClose }: { onClose(): void }) {
  const [name, setName] = useState('');
  const [person, setPerson] = useState('');
  const [role, setRole] = useState<NewTokenBody['role']>('operator');
  const create = useCreateToken();
  if (create.data) return <ShownOnce created={create.data} onClose={onClose} />;
  const problem = create.error instanceof ProblemError ? create.error.problem : null;
  const nameProblem = problem?.code.startsWith('TOKEN_NAME_')
    ? `${problem.detail} ${problem.advice}`
    : undefined;
  const submit = () => {
    create.mutate({
      name: name.trim(),
      role,
      ...(person.trim() === '' ? {} : { person: person.trim() }),
    });
  };
  return (
    <FormDialog
      onClose={onClose}
      title="New token"
      description="For a person to sign in with, or for a program that uses the API."
      verb="Create token"
      isComplete={name.trim() !== ''}
      isBusy={create.isPending}
      onSubmit={submit}
    >
      <NameField
        label="Name"
        help="What the token is for, e.g. ci or Ada’s laptop."
        value={name}
        onChange={setName}
        error={nameProblem}
      />
      <RoleField role={role} onChange={setRole} />
      <NameField
        label="Person"
        help="Who signs in with it, e.g. ada. Leave empty for a program. Only people can raise limits and end pauses."
        value={person}
        onChange={setPerson}
      />
      {create.error && nameProblem === undefined ? <Failed error={create.error} /> : null}
    </FormDialog>
  );
}

function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewTokenBody) => ask('post /api/tokens', { body }),
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
      <CopyField label="Token" value={created.token} />
    </Dialog>
  );
}
