// Projects: the repositories that Moose works on.

import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Project } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { Page } from '../../parts/page.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { AddProject } from './add-project.tsx';
import { ForgesCard } from './forges-card.tsx';
import { useProjects } from './use-projects.ts';
import { useWhyNotChange } from './why-not.ts';

export function ProjectsPage() {
  const [isAdding, setAdding] = useState(false);
  const navigate = useNavigate();
  const whyNot = useWhyNotChange();
  return (
    <Page
      title="Projects"
      lead={whyNot ?? 'The repositories that Moose works on: remotes, and repositories on its machine.'}
      actions={
        whyNot === null ? (
          <Button look="primary" onClick={() => setAdding(true)}>
            Add project
          </Button>
        ) : null
      }
    >
      <ProjectList mayAdd={whyNot === null} onAdd={() => setAdding(true)} />
      <ForgesCard />
      {isAdding ? (
        <AddProject
          onClose={() => setAdding(false)}
          onAdded={({ id }) => void navigate({ to: '/projects/$id', params: { id } })}
        />
      ) : null}
    </Page>
  );
}

function ProjectList({ mayAdd, onAdd }: { mayAdd: boolean; onAdd(): void }) {
  const projects = useProjects();
  if (projects.isPending) return <Loading what="the projects" />;
  if (projects.isError && !projects.data)
    return <Failed error={projects.error} onRetry={() => void projects.refetch()} />;
  const { items } = projects.data;
  return (
    <Card title="All projects" isFlush>
      {items.length === 0 ? (
        <Empty title="No projects yet" action={mayAdd ? <Button onClick={onAdd}>Add project</Button> : null}>
          A project is a remote or a repository on the machine that runs Moose. Only an admin can add one. An
          admin who submits a work order for a repository adds it too.
        </Empty>
      ) : (
        <PlainTable caption="Projects" items={items} keyOf={({ id }) => id} columns={columns} />
      )}
    </Card>
  );
}

const columns: ReadonlyArray<Column<Project>> = [
  {
    head: 'Name',
    cell: ({ id, name }) => (
      <Link
        to="/projects/$id"
        params={{ id }}
        className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
      >
        <Words text={name} />
      </Link>
    ),
  },
  {
    head: 'Repository',
    cell: ({ remote_url, repository_path }) => (
      <Words className="block min-w-40 [overflow-wrap:anywhere]" text={remote_url ?? repository_path ?? ''} />
    ),
  },
  { head: 'Work orders', cell: ({ work_orders }) => <span className="tabular-nums">{work_orders}</span> },
  {
    head: 'Last used',
    cell: ({ last_used_at: at }) => (at ? <Ago at={at} /> : <span className="text-quiet">never</span>),
  },
  {
    head: 'Limit',
    cell: ({ limit_usd, used_usd }) =>
      limit_usd === null ? (
        <span className="text-quiet">none</span>
      ) : (
        <span className="tabular-nums">
          {usd(used_usd ?? 0)} of {usd(limit_usd)}
        </span>
      ),
  },
];
