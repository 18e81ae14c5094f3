// The variables and secrets of a project. A secret is never shown: it can only be replaced or removed.

import { useState } from 'react';
import type { ProjectVariable } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { announce } from '../../shell/announcements.tsx';
import { SetVariable } from './set-variable.tsx';
import { useRemoveVariable, useVariables } from './use-projects.ts';
import { useWhyNotVariables } from './why-not.ts';

interface VariablesCardProps {
  id: string;
  project: string;
}

export function VariablesCard({ id, project }: VariablesCardProps) {
  const whyNot = useWhyNotVariables();
  const variables = useVariables(id);
  const [setting, setSetting] = useState<ProjectVariable | 'new' | null>(null);
  const [removing, setRemoving] = useState<ProjectVariable | null>(null);
  return (
    <Card
      title="Variables"
      isFlush
      aside={
        whyNot === null ? (
          <Button size="small" onClick={() => setSetting('new')}>
            Set variable
          </Button>
        ) : null
      }
    >
      {whyNot === null ? null : (
        <p className="border-b border-line px-4 py-2 text-[13px] text-quiet">{whyNot}</p>
      )}
      {variables.isPending ? <Loading what="the variables" lines={3} /> : null}
      {variables.isError ? <Failed error={variables.error} onRetry={() => void variables.refetch()} /> : null}
      {variables.data?.items.length === 0 ? (
        <Empty title="No variables">
          What its setup and checks need besides its files, such as a registry token. Secrets are stored
          encrypted, and hidden in everything that Moose shows. What checks know, their agent may learn: give
          a secret that only setup needs to setup alone.
        </Empty>
      ) : null}
      {variables.data && variables.data.items.length > 0 ? (
        <PlainTable
          caption="Variables"
          items={variables.data.items}
          keyOf={({ name }) => name}
          columns={
            whyNot === null ? [...columns, actsColumn({ onSet: setSetting, onRemove: setRemoving })] : columns
          }
        />
      ) : null}
      {setting === null ? null : (
        <SetVariable
          id={id}
          project={project}
          replaced={setting === 'new' ? null : setting}
          onClose={() => setSetting(null)}
        />
      )}
      {removing === null ? null : <Removing id={id} variable={removing} onClose={() => setRemoving(null)} />}
    </Card>
  );
}

const columns: ReadonlyArray<Column<ProjectVariable>> = [
  {
    head: 'Name',
    cell: ({ name, changed_at, changed_by }) => (
      <span className="block min-w-28 [overflow-wrap:anywhere]">
        <code>{name}</code>
        <span className="block text-[13px] font-normal text-quiet">
          <Ago at={changed_at} /> by <Words text={nameOfActor(changed_by)} />
        </span>
      </span>
    ),
  },
  {
    head: 'Value',
    cell: ({ is_secret, is_readable, value }) => {
      if (!is_readable) return <Badge tone="bad">this machine lacks its key</Badge>;
      if (is_secret) return <Badge>secret</Badge>;
      return <span className="block min-w-16 [overflow-wrap:anywhere]">{value}</span>;
    },
  },
  { head: 'For', cell: (variable) => variable.for.join(', ') },
];

interface Acts {
  onSet(variable: ProjectVariable): void;
  onRemove(variable: ProjectVariable): void;
}

const actsColumn = ({ onSet, onRemove }: Acts): Column<ProjectVariable> => ({
  head: 'Change',
  cell: (variable) => (
    <span className="flex flex-wrap gap-2 sm:flex-nowrap">
      <Button size="small" onClick={() => onSet(variable)} aria-label={`Replace: ${variable.name}`}>
        Replace
      </Button>
      <Button size="small" onClick={() => onRemove(variable)} aria-label={`Remove: ${variable.name}`}>
        Remove
      </Button>
    </span>
  ),
});

interface RemovingProps {
  id: string;
  variable: ProjectVariable;
  onClose(): void;
}

function Removing({ id, variable, onClose }: RemovingProps) {
  const remove = useRemoveVariable(id, () => {
    announce(`Removed ${variable.name}.`);
    onClose();
  });
  return (
    <ConfirmDialog
      title={`Remove ${variable.name}?`}
      verb="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(variable.name)}
      onClose={onClose}
    >
      <p>
        New sessions no longer get it. Its value cannot be restored
        {variable.is_secret ? ', and nobody can read it here' : ''}.
      </p>
    </ConfirmDialog>
  );
}
