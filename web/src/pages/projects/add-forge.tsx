// Registers a forge. A credential is never sent, only its name: each machine reads it from its own variable.
import { useState } from 'react';
import type { NewForge } from '../../../../src/contract/contract.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useAddForge } from './use-forges.ts';

const kinds: ReadonlyArray<{ kind: NewForge['kind']; name: string }> = [
  { kind: 'github', name: 'GitHub' },
  { kind: 'gitea', name: 'Gitea or Forgejo' },
  { kind: 'gitlab', name: 'GitLab' },
];

export function AddForge({ onClose }: { onClose(): void }) {
  const [host, setHost] = useState('github.com');
  const [kind, setKind] = useState<NewForge['kind']>('github');
  const [token, setToken] = useState('');
  const [webhook, setWebhook] = useState('');
  const add = useAddForge(onClose);
  const isReady = host.trim() !== '' && token.trim() !== '';
  const submit = () => {
    add.mutate({
      host: host.trim(),
      kind,
      credential: { source: 'env', name: token.trim() },
      ...(webhook.trim() === '' ? {} : { webhook_secret: { source: 'env', name: webhook.trim() } }),
    });
  };
  return (
    <FormDialog
      onClose={onClose}
      title="Add forge"
      description="Moose opens pull requests there for every project whose remote is on this host. For an App, a file or the gh login, use `moose forge add`."
      verb="Add forge"
      isComplete={isReady}
      isBusy={add.isPending}
      onSubmit={submit}
    >
      <TextField
        label="Host"
        help="github.com, or your own host, with its port if it has one."
        value={host}
        onChange={setHost}
      />
      <Field label="Kind">
        {(attributes) => (
          <select
            {...attributes}
            value={kind}
            onChange={(event) =>
              setKind(kinds.find((each) => each.kind === event.target.value)?.kind ?? kind)
            }
            className={inputClass}
          >
            {kinds.map((each) => (
              <option key={each.kind} value={each.kind}>
                {each.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label="Variable with the token"
        help="For example MOOSE_FORGE_TOKEN, set on every machine that runs Moose. Moose stores only its name."
        value={token}
        onChange={setToken}
      />
      <TextField
        label="Variable with the webhook secret"
        help="Leave empty if the forge cannot reach Moose: Moose then polls the forge."
        value={webhook}
        onChange={setWebhook}
      />
      {add.error ? <Failed error={add.error} /> : null}
    </FormDialog>
  );
}
