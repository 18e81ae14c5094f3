// The hosts that a person allows a project: for its agents, and at private addresses. The repository's file can only
// request them.
import { type FormEvent, useState } from 'react';
import type { Project, ProjectChange, ProjectValuesView } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useChangeProject, useValues } from './use-projects.ts';
import { useWhyNotHosts } from './why-not.ts';

type Kind = 'agent_hosts' | 'private_hosts';
type Unconfirmed = NonNullable<ProjectValuesView['unconfirmed_hosts']>;

const kinds: Readonly<Record<Kind, { title: string; none: string }>> = {
  agent_hosts: { title: 'Agents', none: 'Only the gateway.' },
  private_hosts: { title: 'Setup and checks, also at private addresses', none: 'No private address.' },
};

export function HostsCard({ project }: { project: Project }) {
  const whyNot = useWhyNotHosts();
  const unconfirmed = useValues(project.id).data?.unconfirmed_hosts ?? null;
  const change = useChangeProject(project.id, () => announce('Changed the hosts.'));
  return (
    <Card title="Hosts" isFlush>
      {whyNot === null ? null : (
        <p className="border-b border-line px-4 py-2 text-[13px] text-quiet">{whyNot}</p>
      )}
      {unconfirmed === null ? null : (
        <Waiting project={project} unconfirmed={unconfirmed} canConfirm={whyNot === null} />
      )}
      {(['agent_hosts', 'private_hosts'] as const).map((kind) => (
        <HostList
          key={kind}
          kind={kind}
          hosts={project[kind] ?? []}
          isBusy={change.isPending}
          onChange={
            whyNot === null ? (hosts) => change.mutate({ [kind]: hosts } as Pick<ProjectChange, Kind>) : null
          }
        />
      ))}
      {change.error ? <Failed error={change.error} /> : null}
    </Card>
  );
}

interface HostListProps {
  kind: Kind;
  hosts: readonly string[];
  isBusy: boolean;
  /** Null if the user may not change them. */
  onChange: ((hosts: string[]) => void) | null;
}

function HostList({ kind, hosts, isBusy, onChange }: HostListProps) {
  const { title, none } = kinds[kind];
  return (
    <div className="flex flex-col gap-2 border-b border-line px-4 py-3 last:border-b-0 [overflow-wrap:anywhere]">
      <h3 className="font-medium">{title}</h3>
      {hosts.length === 0 ? <p className="text-quiet">{none}</p> : null}
      <ul className="flex flex-col gap-1">
        {hosts.map((host) => (
          <li key={host} className="flex items-center justify-between gap-3">
            <code>{host}</code>
            {onChange === null ? null : (
              <Button
                size="small"
                disabled={isBusy}
                onClick={() => onChange(hosts.filter((each) => each !== host))}
              >
                Remove {host}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {onChange === null ? null : (
        <AddHost title={title} isBusy={isBusy} onAdd={(host) => onChange([...hosts, host])} />
      )}
    </div>
  );
}

interface AddHostProps {
  title: string;
  isBusy: boolean;
  onAdd(host: string): void;
}

function AddHost({ title, isBusy, onAdd }: AddHostProps) {
  const [host, setHost] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (host.trim() === '') return;
    onAdd(host.trim());
    setHost('');
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2">
      <div className="grow">
        <Field label={`Add a host: ${title.toLowerCase()}`}>
          {(attributes) => (
            <input
              {...attributes}
              value={host}
              placeholder="docs.example.com"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              onChange={(event) => setHost(event.target.value)}
              className={inputClass}
            />
          )}
        </Field>
      </div>
      <Button type="submit" disabled={isBusy || host.trim() === ''}>
        Add
      </Button>
    </form>
  );
}

interface WaitingProps {
  project: Project;
  unconfirmed: Unconfirmed;
  canConfirm: boolean;
}

/** Hosts that the file requests have no effect until a person confirms them. */
function Waiting({ project, unconfirmed, canConfirm }: WaitingProps) {
  const [isAsking, setAsking] = useState(false);
  const { agents, private: privates } = unconfirmed;
  return (
    <div className="flex flex-col items-start gap-2 border-b border-line bg-warn-soft px-4 py-3 text-warn [overflow-wrap:anywhere]">
      <p>
        .moose/config.yml asks for hosts that no person has confirmed, so work orders run without them.
        {agents.length > 0 ? ` For agents: ${agents.join(', ')}.` : ''}
        {privates.length > 0 ? ` At private addresses: ${privates.join(', ')}.` : ''}
      </p>
      {canConfirm ? (
        <Button size="small" onClick={() => setAsking(true)}>
          Confirm hosts
        </Button>
      ) : null}
      {isAsking ? (
        <Confirming project={project} unconfirmed={unconfirmed} onClose={() => setAsking(false)} />
      ) : null}
    </div>
  );
}

function Confirming({
  project,
  unconfirmed: { agents, private: privates },
  onClose,
}: Omit<WaitingProps, 'canConfirm'> & { onClose(): void }) {
  const change = useChangeProject(project.id, () => {
    announce('Confirmed the hosts.');
    onClose();
  });
  // Confirms exactly the shown hosts, even if the file has changed meanwhile.
  const wanted: ProjectChange = {
    ...(agents.length > 0 ? { agent_hosts: [...(project.agent_hosts ?? []), ...agents] } : {}),
    ...(privates.length > 0 ? { private_hosts: [...(project.private_hosts ?? []), ...privates] } : {}),
  };
  return (
    <ConfirmDialog
      title={`Confirm hosts of ${project.name}?`}
      verb="Confirm"
      isBusy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate(wanted)}
      onClose={onClose}
    >
      {agents.length > 0 ? <p>Its agents can then send what they see to: {agents.join(', ')}.</p> : null}
      {privates.length > 0 ? (
        <p>Its setup and checks can then reach, at private addresses: {privates.join(', ')}.</p>
      ) : null}
    </ConfirmDialog>
  );
}
