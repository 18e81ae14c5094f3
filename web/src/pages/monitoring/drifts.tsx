// Differences between the database and what it describes: those that Moose repairs by itself, and those it asks about.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DriftView } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Empty, Failed } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { useWhyNot } from './may-act.ts';
import { useReconciliation } from './queries.ts';

export function DriftsCard() {
  const [isRepaired, setRepaired] = useState(false);
  const found = useReconciliation();
  return (
    <Card
      title="Drift"
      aside={
        <div className="flex gap-2">
          <Button
            size="small"
            look="quiet"
            aria-pressed={isRepaired}
            onClick={() => setRepaired(!isRepaired)}
          >
            Show repaired
          </Button>
          <LookNow />
        </div>
      }
      isFlush
    >
      <Answered query={found} what="the differences">
        {({ drifts, repaired, counts }) => {
          const shown = isRepaired ? repaired : drifts;
          return shown.length === 0 ? (
            <Empty title={isRepaired ? 'Nothing was repaired' : 'No differences'}>
              Moose compares the database with processes, worktrees, branches, forges, files and money each
              minute.
            </Empty>
          ) : (
            <>
              {isRepaired ? null : (
                <p className="px-4 py-2 text-[13px] text-quiet">
                  {counts.safe} safe to repair, {counts.asked} to answer, {counts.left} left as they are.
                </p>
              )}
              <ul className="max-h-[34rem] divide-y divide-line overflow-y-auto">
                {shown.map((drift) => (
                  <DriftLine key={drift.id ?? `${drift.kind} ${drift.subject}`} drift={drift} />
                ))}
              </ul>
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

function LookNow() {
  const client = useQueryClient();
  const whyNot = useWhyNot();
  const look = useMutation({
    mutationFn: () => ask('post /api/reconcile'),
    onSettled: () => client.invalidateQueries({ queryKey: ['reconcile'] }),
  });
  if (whyNot !== null) return null;
  return (
    <Button size="small" isBusy={look.isPending} onClick={() => look.mutate()}>
      Check and repair now
    </Button>
  );
}

function DriftLine({ drift }: { drift: DriftView }) {
  const { what, evidence, repair, failure, host, found_at, ended_at } = drift;
  return (
    <li className="flex flex-col gap-2 px-4 py-2.5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 basis-64 grow [overflow-wrap:anywhere]">
          <p>
            <Words text={what} />
          </p>
          <p className="text-[13px] text-quiet">
            <Words text={evidence} />
            {host === null ? '' : `, on ${host}`}
          </p>
          <p className="text-[13px] text-quiet">
            Repair: {repair === null ? 'none, only a person can' : <Words text={repair} />}. {stateOf(drift)}{' '}
            {ended_at === null ? (
              <>
                Found <Ago at={found_at} />.
              </>
            ) : (
              <>
                Repaired <Ago at={ended_at} />.
              </>
            )}
          </p>
          {failure === null ? null : <p className="text-[13px] text-bad">The repair failed: {failure}</p>}
        </div>
        {ended_at === null && !drift.is_safe && drift.answer === null ? <Answers drift={drift} /> : null}
      </div>
    </li>
  );
}

function stateOf({ is_safe, answer, answered_by }: DriftView): string {
  const by = nameOfActor(answered_by ?? 'moose');
  if (answer === 'leave') return `${by} left it as it is.`;
  if (answer === 'repair') return `${by} asked for the repair.`;
  return is_safe ? 'Safe: Moose repairs it automatically.' : 'Needs your answer.';
}

function Answers({ drift }: { drift: DriftView }) {
  const client = useQueryClient();
  const whyNot = useWhyNot();
  const answer = useMutation({
    mutationFn: (given: 'repair' | 'leave') =>
      ask('post /api/reconcile/{id}/answer', { params: { id: drift.id ?? '' }, body: { answer: given } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['reconcile'] }),
  });
  if (whyNot !== null || drift.id === null) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {drift.repair === null ? null : (
        <Button
          size="small"
          isBusy={answer.isPending}
          onClick={() => answer.mutate('repair')}
          aria-label={`Repair: ${drift.what}`}
        >
          Repair
        </Button>
      )}
      <Button
        size="small"
        look="quiet"
        isBusy={answer.isPending}
        onClick={() => answer.mutate('leave')}
        aria-label={`Leave as it is: ${drift.what}`}
      >
        Leave as it is
      </Button>
      {answer.isError ? <Failed error={answer.error} /> : null}
    </div>
  );
}
