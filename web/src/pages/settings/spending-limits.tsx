// The limits of people and projects for a day and a month, and what of each is used.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { LimitDialog } from './limit-dialog.tsx';
import { type LimitedSubject, limitedSubjects, nameOfSubject } from './limited-subjects.ts';

export function SpendingLimits({ isAdmin }: { isAdmin: boolean }) {
  const [opened, setOpened] = useState<LimitedSubject | 'new' | null>(null);
  return (
    <Card
      title="Limits of people and projects"
      isFlush
      aside={
        isAdmin ? (
          <Button size="small" onClick={() => setOpened('new')}>
            New limit
          </Button>
        ) : null
      }
    >
      <Table isAdmin={isAdmin} onChange={setOpened} />
      {opened === null ? null : (
        <LimitDialog subject={opened === 'new' ? null : opened} onClose={() => setOpened(null)} />
      )}
    </Card>
  );
}

function Table({ isAdmin, onChange }: { isAdmin: boolean; onChange(subject: LimitedSubject): void }) {
  const limits = useQuery({
    queryKey: ['limits'],
    queryFn: ({ signal }) => ask('get /api/limits', { signal }),
  });
  if (limits.isPending) return <Loading what="the limits" />;
  if (limits.isError && !limits.data)
    return <Failed error={limits.error} onRetry={() => void limits.refetch()} />;
  const subjects = limitedSubjects(limits.data.limits);
  if (subjects.length === 0)
    return (
      <Empty title="No limits yet">
        A limit of a person counts all work orders that they asked for; one of a project, all work in it.
      </Empty>
    );
  const change: Column<LimitedSubject> = {
    head: 'Change',
    cell: (subject) => (
      <Button
        size="small"
        onClick={() => onChange(subject)}
        aria-label={`Change the limits: ${nameOfSubject(subject)}`}
      >
        Change
      </Button>
    ),
  };
  return (
    <PlainTable
      caption="Limits of people and projects"
      items={subjects}
      keyOf={({ kind, name }) => `${kind} ${name}`}
      columns={[...columns, ...(isAdmin ? [change] : [])]}
    />
  );
}

const columns: ReadonlyArray<Column<LimitedSubject>> = [
  { head: 'For', cell: (subject) => <Words text={nameOfSubject(subject)} /> },
  { head: 'Today', cell: ({ daily, name }) => <Used limit={daily} isDefault={name === '*'} /> },
  { head: 'This month', cell: ({ monthly, name }) => <Used limit={monthly} isDefault={name === '*'} /> },
];

/** What each person has used of the usual limit is in a row of theirs. */
function Used({ limit, isDefault }: { limit: LimitedSubject['daily']; isDefault: boolean }) {
  if (limit === null) return <span className="text-quiet">no limit</span>;
  if (isDefault) return <span className="tabular-nums">{usd(limit.limit_usd)}</span>;
  return (
    <span className="tabular-nums">
      {usd(limit.used_usd)} <span className="text-quiet">of {usd(limit.limit_usd)}</span>{' '}
      {limit.is_frozen ? <Badge tone="bad">frozen</Badge> : null}
      {!limit.is_frozen && limit.used_usd >= limit.limit_usd ? <Badge tone="warn">reached</Badge> : null}
    </span>
  );
}
