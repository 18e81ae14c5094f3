// Invites: who invited whom, the state of each invite, and new ones.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Invite } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { NewInvite } from './new-invite.tsx';

export function InvitesCard() {
  const [isNew, setNew] = useState(false);
  return (
    <Card
      title="Invites"
      isFlush
      aside={
        <Button size="small" onClick={() => setNew(true)}>
          Invite a person
        </Button>
      }
    >
      <Invites />
      {isNew ? <NewInvite onClose={() => setNew(false)} /> : null}
    </Card>
  );
}

function Invites() {
  const [revoking, setRevoking] = useState<Invite | null>(null);
  const invites = useQuery({
    queryKey: ['invites'],
    queryFn: ({ signal }) => ask('get /api/invites', { signal }),
  });
  if (invites.isPending) return <Loading what="the invites" />;
  if (invites.isError) return <Failed error={invites.error} onRetry={() => void invites.refetch()} />;
  const open = invites.data.items.filter(({ state }) => state === 'open');
  const over = invites.data.items.filter(({ state }) => state !== 'open');
  return (
    <>
      {open.length === 0 ? (
        <Empty title="No open invites">
          An invite is a link that signs a person in, once, with a name and a role that you choose.
        </Empty>
      ) : (
        <PlainTable
          caption="Open invites"
          items={open}
          keyOf={({ id }) => id}
          columns={[...columns, expires, revokeColumn(setRevoking)]}
        />
      )}
      {over.length > 0 ? (
        <details className="border-t border-line">
          <summary className="px-4 py-2 text-[13px] text-quiet">
            {over.length} accepted, expired or revoked
          </summary>
          <PlainTable
            caption="Invites that were accepted, expired or revoked"
            items={over}
            keyOf={({ id }) => id}
            columns={[...columns, end]}
          />
        </details>
      ) : null}
      {revoking ? <Revoking invite={revoking} onClose={() => setRevoking(null)} /> : null}
    </>
  );
}

const columns: ReadonlyArray<Column<Invite>> = [
  { head: 'Person', cell: ({ person }) => <Words text={person} /> },
  {
    head: 'Role',
    cell: ({ role }) => <Badge tone={role === 'admin' ? 'warn' : 'neutral'}>{role}</Badge>,
  },
  {
    head: 'Invited',
    cell: ({ created_at, created_by }) => (
      <>
        <Ago at={created_at} /> by <Words text={nameOfActor(created_by)} />
      </>
    ),
  },
];

const expires: Column<Invite> = { head: 'Expires', cell: ({ expires_at }) => <Ago at={expires_at} /> };

const endWords: Readonly<Record<Invite['state'], string>> = {
  open: 'open',
  accepted: 'accepted',
  expired: 'expired',
  revoked: 'revoked',
  withdrawn: 'the inviter is no longer an admin',
};

const end: Column<Invite> = {
  head: 'End',
  cell: ({ state, accepted_at: at }) => (
    <>
      {endWords[state]} {at ? <Ago at={at} /> : null}
    </>
  ),
};

const revokeColumn = (onRevoke: (invite: Invite) => void): Column<Invite> => ({
  head: 'Revoke',
  cell: (invite) => (
    <Button
      size="small"
      onClick={() => onRevoke(invite)}
      aria-label={`Revoke the invite of ${invite.person}`}
    >
      Revoke
    </Button>
  ),
});

function Revoking({ invite, onClose }: { invite: Invite; onClose(): void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => ask('delete /api/invites/{id}', { params: { id: invite.id } }),
    onSuccess: onClose,
    onSettled: () =>
      Promise.all(['invites', 'audit'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <ConfirmDialog
      title={`Revoke the invite of ${invite.person}?`}
      verb="Revoke"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>The link stops working immediately. You can invite the person again.</p>
    </ConfirmDialog>
  );
}
