// Registers a forge. A credential is never sent, only its name: each machine reads it from its own variable.
import { type FormEvent, useId, useState } from 'react';
import type { NewForge } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { useAddForge } from './use-forges.ts';

const kinds: ReadonlyArray<{ kind: NewForge['kind']; name: string }> = [
  { kind: 'github', name: 'GitHub' },
  { kind: 'gitea', name: 'Gitea or Forgejo' },
  { kind: 'gitlab', name: 'GitLab' },
];

export function AddForge({ onClose }: { onClose(): void }) {
  const formId = useId();
  const [host, setHost] = useState('github.com');
  const [kind, setKind] = useState<NewForge['kind']>('github');
  const [token, setToken] = useState('');
  const [webhook, setWebhook] = useState('');
  const add = useAddForge(onClose);
  const isReady = host.trim() !== '' && token.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    add.mutate({
      ...{ host: host.trim(), kind, credential: { source: 'env', name: token.trim() } },
      ...(webhook.trim() === '' ? {} : { webhook_secret: { source: 'env', name: webhook.trim() } }),
    });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Add forge"
      description="Moose opens pull requests there for every project whose remote is on this host. For an App, a file or the gh login, use `moose forge add`."
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} look="primary" isBusy={add.isPending} disabled={!isReady}>
            Add forge
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-4">
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
      </form>
    </Dialog>
  );
}
