// The API tokens of people and programs. A secret is shown once; tokens can be revoked at any time.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { tokenSchema } from '../../../../src/contract/contract.ts';
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
import { NewToken } from './new-token.tsx';

type Token = z.infer<typeof tokenSchema>;

export function TokensCard({ isAdmin }: { isAdmin: boolean }) {
  const [isNew, setNew] = useState(false);
  return (
    <Card
      title="Tokens"
      isFlush
      aside={
        isAdmin ? (
          <Button size="small" onClick={() => setNew(true)}>
            New token
          </Button>
        ) : null
      }
    >
      {isAdmin ? (
        <Tokens />
      ) : (
        <Empty title="Only admins can view tokens">
          People sign in with tokens, and programs use them for the API. Admins create and revoke them here.
        </Empty>
      )}
      {isNew ? <NewToken onClose={() => setNew(false)} /> : null}
    </Card>
  );
}

function Tokens() {
  const [revoking, setRevoking] = useState<Token | null>(null);
  const tokens = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => ask('get /api/tokens', { signal }),
  });
  if (tokens.isPending) return <Loading what="the tokens" />;
  if (tokens.isError) return <Failed error={tokens.error} onRetry={() => void tokens.refetch()} />;
  const valid = tokens.data.items.filter(({ revoked_at }) => revoked_at === null);
  const revoked = tokens.data.items.filter(({ revoked_at }) => revoked_at !== null);
  return (
    <>
      <TokenTable tokens={valid} onRevoke={setRevoking} />
      {revoked.length > 0 ? (
        <details className="border-t border-line">
          <summary className="px-4 py-2 text-[13px] text-quiet">{revoked.length} revoked</summary>
          <TokenTable tokens={revoked} onRevoke={null} />
        </details>
      ) : null}
      {revoking ? <Revoking token={revoking} onClose={() => setRevoking(null)} /> : null}
    </>
  );
}

interface TokenTableProps {
  tokens: readonly Token[];
  onRevoke: ((token: Token) => void) | null;
}

const columns: ReadonlyArray<Column<Token>> = [
  { head: 'Name', cell: ({ name }) => <Words text={name} /> },
  {
    head: 'Person',
    cell: ({ person }) =>
      person === null ? <span className="text-quiet">program</span> : <Words text={person} />,
  },
  {
    head: 'Role',
    cell: ({ role }) => <Badge tone={role === 'admin' ? 'warn' : 'neutral'}>{role}</Badge>,
  },
  {
    head: 'Created',
    cell: ({ created_at, created_by }) => (
      <>
        <Ago at={created_at} /> by <Words text={nameOfActor(created_by)} />
      </>
    ),
  },
  {
    head: 'Last used',
    cell: ({ last_used_at: at }) => (at ? <Ago at={at} /> : <span className="text-quiet">never</span>),
  },
];

const revokedColumn: Column<Token> = {
  head: 'Revoked',
  cell: ({ revoked_at: at }) => (at ? <Ago at={at} /> : null),
};

function TokenTable({ tokens, onRevoke }: TokenTableProps) {
  const revokeColumn: Column<Token> = {
    head: 'Revoke',
    cell: (token) => (
      <Button size="small" onClick={() => onRevoke?.(token)} aria-label={`Revoke: ${token.name}`}>
        Revoke
      </Button>
    ),
  };
  return (
    <PlainTable
      caption={onRevoke ? 'Tokens' : 'Revoked tokens'}
      items={tokens}
      keyOf={({ id }) => id}
      columns={[...columns, onRevoke ? revokeColumn : revokedColumn]}
    />
  );
}

function Revoking({ token, onClose }: { token: Token; onClose(): void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => ask('delete /api/tokens/{id}', { params: { id: token.id } }),
    onSuccess: onClose,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['tokens'] }),
        client.invalidateQueries({ queryKey: ['audit'] }),
        client.invalidateQueries({ queryKey: ['me'] }),
      ]),
  });
  return (
    <ConfirmDialog
      title={`Revoke ${token.name}?`}
      verb="Revoke"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>
        The token stops working immediately. This cannot be undone.{' '}
        {token.person === null ? (
          'Requests from programs that use it will fail.'
        ) : (
          <>
            <Words text={token.person} /> is signed out of all sessions that use this token, including this
            one if it is yours.
          </>
        )}
      </p>
    </ConfirmDialog>
  );
}
