// Standing answers, which Moose applies without asking. They can be revoked here.

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AnswerPolicy } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { useMe } from '../../shell/me.ts';
import { wordOf } from './recovery-row.ts';

export function StandingAnswers() {
  const [isAll, setAll] = useState(false);
  const [revoking, setRevoking] = useState<AnswerPolicy | null>(null);
  const mayRevoke = useMe().me.role !== 'viewer';
  const policies = useQuery({
    queryKey: ['answer-policies', isAll],
    queryFn: ({ signal }) => ask('get /api/answer-policies', { query: { all: isAll || undefined }, signal }),
    placeholderData: (before) => before,
  });
  return (
    <Card
      title="Standing answers"
      isFlush
      aside={
        <label className="flex items-center gap-2 text-[13px]">
          <input
            type="checkbox"
            checked={isAll}
            onChange={(event) => setAll(event.target.checked)}
            className="size-4 accent-accent"
          />
          Show revoked
        </label>
      }
    >
      {policies.isPending ? <Loading what="the standing answers" /> : null}
      {policies.isError ? <Failed error={policies.error} onRetry={() => void policies.refetch()} /> : null}
      {policies.data?.items.length === 0 ? (
        <Empty title="No standing answers">
          Select “Always” when you answer a question, and Moose answers the same failure in that project the
          same way without asking. Those answers appear here and can be revoked.
        </Empty>
      ) : null}
      <ul className="divide-y divide-line">
        {policies.data?.items.map((policy) => (
          <StandingAnswer
            key={policy.id}
            policy={policy}
            onRevoke={mayRevoke && policy.revoked_at === null ? () => setRevoking(policy) : null}
          />
        ))}
      </ul>
      {revoking ? <Revoking policy={revoking} onClose={() => setRevoking(null)} /> : null}
    </Card>
  );
}

function StandingAnswer({ policy, onRevoke }: { policy: AnswerPolicy; onRevoke: (() => void) | null }) {
  const { project, failure_class, code, label, note, created_by, created_at, uses, last_used_at } = policy;
  return (
    <li className="flex flex-wrap items-start justify-between gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p>
          <code>{code}</code> ({wordOf(failure_class)}) in{' '}
          <Words className="font-medium" text={project ?? 'all projects'} />:{' '}
          <Words className="font-semibold" text={label} /> {policy.revoked_at ? <Badge>revoked</Badge> : null}
        </p>
        {note ? <Words className="block" text={note} /> : null}
        <p className="text-[13px] text-quiet">
          by <Words text={nameOfActor(created_by)} /> <Ago at={created_at} /> ·{' '}
          {uses === 0 ? 'not used yet' : `used ${uses} ${uses === 1 ? 'time' : 'times'}`}
          {last_used_at ? (
            <>
              , last used <Ago at={last_used_at} />
            </>
          ) : null}
          {policy.revoked_at && policy.revoked_by ? (
            <>
              {' '}
              · revoked by <Words text={nameOfActor(policy.revoked_by)} /> <Ago at={policy.revoked_at} />
            </>
          ) : null}
        </p>
      </div>
      {onRevoke ? (
        <Button size="small" onClick={onRevoke} aria-label={`Revoke: ${code}, ${label}`}>
          Revoke
        </Button>
      ) : null}
    </li>
  );
}

function Revoking({ policy, onClose }: { policy: AnswerPolicy; onClose(): void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => ask('delete /api/answer-policies/{id}', { params: { id: policy.id } }),
    onSuccess: onClose,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['answer-policies'] }),
        client.invalidateQueries({ queryKey: ['audit'] }),
      ]),
  });
  return (
    <ConfirmDialog
      title="Revoke this standing answer?"
      verb="Revoke"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p>
        <code>{policy.code}</code> will no longer be answered with “<Words text={policy.label} />”
        automatically. Moose asks again instead. Questions that are already answered do not change.
      </p>
    </ConfirmDialog>
  );
}
