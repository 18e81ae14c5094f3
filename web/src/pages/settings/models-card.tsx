// The models. Shows those in use or with an open circuit breaker; the others on demand.

import { useState } from 'react';
import type { z } from 'zod';
import type { modelSchema } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { inputClass } from '../../parts/field.tsx';
import { usd } from '../../parts/money.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Words } from '../../parts/words.tsx';
import { useModels } from './use-settings.ts';

type Model = z.infer<typeof modelSchema>;

const isInUse = ({ tiers, circuit }: Model) => tiers.length > 0 || circuit !== 'closed';

export function ModelsCard() {
  const models = useModels();
  const [isAll, setAll] = useState(false);
  const [part, setPart] = useState('');
  const all = models.data?.items ?? [];
  const wanted = part.trim().toLowerCase();
  const shown = isAll ? all.filter(({ name }) => name.toLowerCase().includes(wanted)) : all.filter(isInUse);
  return (
    <Card
      title="Available models"
      isFlush
      aside={
        all.some((model) => !isInUse(model)) ? (
          <Button size="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
            {isAll ? 'Show models in use' : `Show all ${all.length}`}
          </Button>
        ) : null
      }
    >
      {models.isPending ? <Loading what="the models" /> : null}
      {models.isError ? <Failed error={models.error} onRetry={() => void models.refetch()} /> : null}
      {isAll ? (
        <div className="border-b border-line p-3">
          <input
            type="search"
            value={part}
            aria-label="Search models"
            placeholder="Search models"
            onChange={(event) => setPart(event.target.value)}
            className={`${inputClass} max-w-sm`}
          />
        </div>
      ) : null}
      {models.isSuccess && shown.length === 0 ? (
        <Empty title={isAll ? 'No models match your search' : 'No models in use'}>
          Models appear here when the API key of their provider is set or they are in the price table.
        </Empty>
      ) : null}
      {shown.length > 0 ? (
        <PlainTable caption="Models" items={shown} keyOf={({ name }) => name} columns={columns} />
      ) : null}
    </Card>
  );
}

const price = (value: number | null) =>
  value === null ? <span className="text-quiet">unknown</span> : usd(value);

const columns: ReadonlyArray<Column<Model>> = [
  { head: 'Model', cell: ({ name }) => <Words text={name} /> },
  {
    head: 'Tiers',
    cell: ({ tiers }) => tiers.join(', ') || <span className="text-quiet">not used</span>,
  },
  {
    head: 'API key',
    cell: ({ has_key }) => (has_key ? 'set' : <Badge tone="warn">missing</Badge>),
  },
  { head: 'Input, per million tokens', cell: (model) => price(model.input_usd_per_million) },
  { head: 'Output, per million tokens', cell: (model) => price(model.output_usd_per_million) },
  { head: 'Circuit breaker', cell: ({ circuit }) => <StatusBadge status={circuit} /> },
];
