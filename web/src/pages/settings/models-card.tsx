// The models that can be named: those that are used, or in trouble, first; the others on demand.
import { useState } from 'react';
import type { z } from 'zod';
import type { modelSchema } from '../../../../src/api/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { inputClass } from '../../parts/field.tsx';
import { usd } from '../../parts/money.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { type Column, PlainTable } from './plain-table.tsx';
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
      title="Models that can be named"
      isFlush
      aside={
        all.some((model) => !isInUse(model)) ? (
          <Button size="small" aria-expanded={isAll} onClick={() => setAll(!isAll)}>
            {isAll ? 'Those in use' : `All ${all.length}`}
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
            aria-label="Part of a model's name"
            placeholder="Part of a name"
            onChange={(event) => setPart(event.target.value)}
            className={`${inputClass} max-w-sm`}
          />
        </div>
      ) : null}
      {models.isSuccess && shown.length === 0 ? (
        <Empty title={isAll ? 'No model has such a name' : 'No model is in use'}>
          A model can be named once a provider's key is set, or it is in the price table.
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
  { head: 'Model', cell: ({ name }) => <bdi>{name}</bdi> },
  {
    head: 'For',
    cell: ({ tiers }) => tiers.join(', ') || <span className="text-quiet">not used</span>,
  },
  {
    head: 'Key',
    cell: ({ has_key }) => (has_key ? 'is there' : <Badge tone="warn">missing</Badge>),
  },
  { head: 'Million tokens in', cell: (model) => price(model.input_usd_per_million) },
  { head: 'Million tokens out', cell: (model) => price(model.output_usd_per_million) },
  { head: 'Circuit', cell: ({ circuit }) => <StatusBadge status={circuit} /> },
];
