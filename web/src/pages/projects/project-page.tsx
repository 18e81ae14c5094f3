// One project: its location, the values for its next work order, its variables, its baseline and its work orders.

import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Project, ProjectSetting } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { StageBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { projectRoute } from '../../router.tsx';
import { Assets } from './assets.tsx';
import { BaselineCard } from './baseline-card.tsx';
import { DirectorCard } from './director-card.tsx';
import { HostsCard } from './hosts-card.tsx';
import { SettingsCard } from './settings-card.tsx';
import { useOrdersOf, useProject, useRemoveProject, useSettings, useValues } from './use-projects.ts';
import { ValuesCard } from './values-card.tsx';
import { VariablesCard } from './variables-card.tsx';
import { useWhyNotChange } from './why-not.ts';

export function ProjectPage() {
  const { id } = projectRoute.useParams();
  const project = useProject(id);
  if (project.isPending)
    return (
      <Page title="Project">
        <Loading what="the project" />
      </Page>
    );
  if (project.isError && !project.data)
    return (
      <Page title="Project">
        <Failed error={project.error} onRetry={() => void project.refetch()} />
      </Page>
    );
  return <Shown project={project.data} />;
}

function Shown({ project }: { project: Project }) {
  const { id, name } = project;
  const whyNot = useWhyNotChange();
  const settings = useSettings();
  const cards = [...Map.groupBy(settings.data?.items ?? [], ({ card }) => card)];
  const [isRemoving, setRemoving] = useState(false);
  return (
    <Page
      title={name}
      tabTitle={`${name} · Projects`}
      lead={
        <Link
          to="/projects"
          className="inline-flex min-h-6 items-center underline underline-offset-2 hover:text-text"
        >
          All projects
        </Link>
      }
      actions={
        whyNot === null ? (
          <Button look="danger" onClick={() => setRemoving(true)}>
            Remove project
          </Button>
        ) : null
      }
    >
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4">
          <PlaceCard project={project} />
          <ValuesCard id={id} />
          <DirectorCard project={project} />
          <Cards project={project} cards={cards.filter((_, index) => index % 3 === 1)} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {settings.isError ? (
            <Failed error={settings.error} onRetry={() => void settings.refetch()} />
          ) : null}
          <Cards project={project} cards={cards.filter((_, index) => index % 3 !== 1)} />
          <VariablesCard id={id} project={name} />
          <HostsCard project={project} />
          <BaselineCard id={id} />
        </div>
      </div>
      <Orders id={id} name={name} />
      {isRemoving ? <Removing project={project} onClose={() => setRemoving(false)} /> : null}
    </Page>
  );
}

interface CardsProps {
  project: Project;
  cards: ReadonlyArray<readonly [string, readonly ProjectSetting[]]>;
}

function Cards({ project, cards }: CardsProps) {
  return cards.map(([title, settings]) => (
    <SettingsCard key={title} title={title} project={project} settings={settings}>
      {settings.some(({ key }) => key === 'trusted') ? <Assets id={project.id} /> : null}
    </SettingsCard>
  ));
}

function PlaceCard({ project }: { project: Project }) {
  const { remote_url, repository_path } = project;
  return (
    <Card title="Repository">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 [overflow-wrap:anywhere]">
        <Row term={remote_url === null ? 'Path' : 'Address'}>
          <Words text={remote_url ?? repository_path ?? ''} />
        </Row>
        <Row term="Base branch">
          <Base project={project} />
        </Row>
        <Row term="Machines">
          {project.labels === null ? 'any' : <Words text={`only with ${project.labels.join(', ')}`} />}
        </Row>
        <Row term="This machine">
          <Here project={project} />
        </Row>
      </dl>
    </Card>
  );
}

function Base({ project: { id, base, default_branch, remote_url } }: { project: Project }) {
  const values = useValues(id);
  if (base !== null) return <Words text={base} />;
  const ofFile = values.data?.values.find(({ key, source }) => key === 'base' && source === 'file');
  const branch =
    ofFile?.value ?? default_branch ?? (remote_url === null ? 'what is checked out' : 'the default branch');
  const from = ofFile ? '.moose/config.yml' : default_branch === null ? null : 'the default branch';
  return (
    <>
      <Words text={branch} />
      {from === null ? null : <span className="text-quiet"> ({from})</span>}
    </>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{term}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

/** Whether this machine has the repository. If no machine has it, a work order waits with a question. */
function Here({ project: { id, remote_url } }: { project: Project }) {
  const values = useValues(id);
  if (!values.data) return <span className="text-quiet">…</span>;
  const { host, path, is_there } = values.data.here;
  const missing = remote_url === null ? 'the repository is not there' : 'not fetched yet';
  return (
    <>
      <Words text={host} />:{' '}
      {is_there ? (remote_url === null ? 'has the repository' : 'has a mirror') : missing}
      <span className="block text-[13px] text-quiet">
        <Words text={path} />
      </span>
    </>
  );
}

type Order = NonNullable<ReturnType<typeof useOrdersOf>['data']>['items'][number];

const orderColumns: ReadonlyArray<Column<Order>> = [
  {
    head: 'Title',
    cell: ({ id, title }) => (
      <Link
        to="/work-orders/$id"
        params={{ id }}
        className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
      >
        <Words text={title} />
      </Link>
    ),
  },
  { head: 'Stage', cell: (order) => <StageBadge {...order} /> },
  { head: 'Created', cell: ({ created_at }) => <Ago at={created_at} /> },
];

function Orders({ id: projectId, name }: { id: string; name: string }) {
  const orders = useOrdersOf(projectId);
  return (
    <Card
      title="Newest work orders"
      isFlush
      aside={
        <Link
          to="/work-orders"
          search={{ view: 'table', project: name }}
          className="inline-flex min-h-6 items-center text-[13px] text-accent underline underline-offset-2"
        >
          All its work orders
        </Link>
      }
    >
      {orders.isPending ? <Loading what="the work orders" /> : null}
      {orders.isError ? <Failed error={orders.error} onRetry={() => void orders.refetch()} /> : null}
      {orders.data?.items.length === 0 ? (
        <Empty title="No work orders yet">Submit one with the New work order button or `moose run`.</Empty>
      ) : null}
      {orders.data && orders.data.items.length > 0 ? (
        <PlainTable
          caption="Newest work orders"
          items={orders.data.items}
          keyOf={({ id }) => id}
          columns={orderColumns}
        />
      ) : null}
    </Card>
  );
}

function Removing({ project, onClose }: { project: Project; onClose(): void }) {
  const navigate = useNavigate();
  const remove = useRemoveProject(project.id, () => void navigate({ to: '/projects' }));
  return (
    <ConfirmDialog
      title={`Remove ${project.name}?`}
      verb="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      <p>
        The project takes no new work orders and is no longer listed. Its work orders, costs, settings and
        mirrors stay. Its variables and secrets are deleted.
      </p>
    </ConfirmDialog>
  );
}
