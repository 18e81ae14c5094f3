// The forges with the projects' pull requests, what is left of their limits, and what Moose may do there.

import { useState } from 'react';
import type { ForgeHostView } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { useMe } from '../../shell/me.ts';
import { AddForge } from './add-forge.tsx';
import { CheckForge } from './check-forge.tsx';
import { useForges, useRemoveForge } from './use-forges.ts';

export function ForgesCard() {
  const [isAdding, setAdding] = useState(false);
  const isAdmin = useMe().me.role === 'admin';
  return (
    <Card
      title="Forges"
      isFlush
      aside={
        isAdmin ? (
          <Button size="small" onClick={() => setAdding(true)}>
            Add forge
          </Button>
        ) : null
      }
    >
      <ForgeList isAdmin={isAdmin} />
      {isAdding ? <AddForge onClose={() => setAdding(false)} /> : null}
    </Card>
  );
}

function ForgeList({ isAdmin }: { isAdmin: boolean }) {
  const forges = useForges();
  const [checking, setChecking] = useState<string | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const mayCheck = useMe().me.role !== 'viewer';
  if (forges.isPending) return <Loading what="the forges" />;
  if (forges.isError && !forges.data)
    return <Failed error={forges.error} onRetry={() => void forges.refetch()} />;
  if (forges.data.length === 0)
    return (
      <Empty title="No forges yet">
        Register GitHub, Gitea, Forgejo or GitLab, and Moose opens pull requests there, waits for their CI and
        answers reviews. Without a forge, pull requests exist only in Moose.
      </Empty>
    );
  const acts: Column<ForgeHostView> = {
    head: 'Actions',
    cell: ({ host }) => (
      <span className="flex flex-wrap gap-2">
        <Button size="small" onClick={() => setChecking(host)} aria-label={`Check: ${host}`}>
          Check
        </Button>
        {isAdmin ? (
          <Button size="small" onClick={() => setRemoving(host)} aria-label={`Remove: ${host}`}>
            Remove
          </Button>
        ) : null}
      </span>
    ),
  };
  return (
    <>
      <PlainTable
        caption="Forges"
        items={forges.data}
        keyOf={({ host }) => host}
        columns={mayCheck ? [...columns, acts] : columns}
      />
      {checking === null ? null : <CheckForge host={checking} onClose={() => setChecking(null)} />}
      {removing === null ? null : <Removing host={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

const columns: ReadonlyArray<Column<ForgeHostView>> = [
  { head: 'Host', cell: ({ host }) => <Words className="[overflow-wrap:anywhere]" text={host} /> },
  { head: 'Kind', cell: ({ kind }) => kind },
  {
    head: 'Credential',
    cell: ({ credential }) => (
      <Words className="[overflow-wrap:anywhere]" text={credentialText(credential)} />
    ),
  },
  {
    head: 'Webhooks',
    cell: ({ webhook_secret: secret }) =>
      secret === null ? <span className="text-quiet">not accepted</span> : 'accepted',
  },
  {
    head: 'Limit',
    cell: ({ limit, paused_until: until, paused_because: because }) =>
      until !== null ? (
        <Badge tone="warn" title={because ?? ''}>
          paused, continues <Ago at={until} />
        </Badge>
      ) : limit === null ? (
        <span className="text-quiet">not reported</span>
      ) : (
        <span className="tabular-nums">
          {limit.remaining} of {limit.total} left
        </span>
      ),
  },
];

function credentialText(credential: ForgeHostView['credential']): string {
  if (credential.source === 'gh') return 'gh login';
  if (credential.source === 'app') return `App ${credential.app_id}`;
  return credential.source === 'env' ? `variable ${credential.name}` : `file ${credential.path}`;
}

function Removing({ host, onClose }: { host: string; onClose(): void }) {
  const remove = useRemoveForge(onClose);
  return (
    <ConfirmDialog
      title={`Remove ${host}?`}
      verb="Remove"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ host })}
      onClose={onClose}
    >
      <p>
        Its projects then use local pull requests. Nothing on <Words text={host} /> changes.
      </p>
    </ConfirmDialog>
  );
}
