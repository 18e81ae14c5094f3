// The plan of a spec: the Architect's progress, the graph and table of the newest version, and its problems.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  planningStateSchema,
  planVersionsSchema,
  Spec,
  SpecPlan,
  SpecPlanning,
} from '../../../../src/contract/contract.ts';
import { call, ProblemError } from '../../api/call.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { PlanGraph } from './plan-graph.tsx';

const tones: Readonly<Record<SpecPlanning['state'], Tone>> = {
  asked: 'neutral',
  working: 'info',
  planned: 'good',
  failed: 'bad',
  cancelled: 'neutral',
};
const words: Readonly<Record<SpecPlanning['state'], string>> = {
  asked: 'waiting for a worker',
  working: 'being planned',
  planned: 'planned',
  failed: 'could not be planned',
  cancelled: 'stopped',
};

export function PlanSection({ spec, mayPlan }: { spec: Spec; mayPlan: boolean }) {
  const path = `/api/specs/${spec.id}`;
  const planning = useQuery({
    queryKey: ['specs', 'planning', spec.id],
    queryFn: ({ signal }) => call<z.infer<typeof planningStateSchema>>(`${path}/planning`, { signal }),
  });
  const versions = useQuery({
    queryKey: ['specs', 'versions', spec.id],
    queryFn: ({ signal }) => call<z.infer<typeof planVersionsSchema>>(`${path}/plans`, { signal }),
  });
  const newest = versions.data?.items.findLast(({ is_aside }) => !is_aside)?.version;
  if (planning.isPending || versions.isPending) return <Loading what="the plan" lines={3} />;
  if (planning.isError) return <Failed error={planning.error} onRetry={() => void planning.refetch()} />;
  const now = planning.data.planning;
  return (
    <section aria-label="Plan" className="flex flex-col gap-3">
      {now ? <PlanningLine planning={now} /> : null}
      {mayPlan ? <PlanActs spec={spec} planning={now} hasPlan={newest !== undefined} /> : null}
      {newest === undefined ? null : <PlanOf id={spec.id} version={newest} />}
    </section>
  );
}

function PlanningLine({ planning }: { planning: SpecPlanning }) {
  const { state, model, rounds, rounds_max, spent_usd, limit_usd, failure, advice } = planning;
  return (
    <div role="status" className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={tones[state]}>{words[state]}</Badge>
        <span className="text-[13px] text-quiet">
          by {model} · {rounds} of at most {rounds_max} answers · ${spent_usd.toFixed(2)} of at most $
          {limit_usd.toFixed(2)}
        </span>
      </p>
      {failure === null ? null : <p className="text-bad [overflow-wrap:anywhere]">{legible(failure)}</p>}
      {advice === null ? null : <p className="text-[13px] text-quiet">{advice}</p>}
    </div>
  );
}

interface PlanActsProps {
  spec: Spec;
  planning: SpecPlanning | null;
  hasPlan: boolean;
}

function PlanActs({ spec, planning, hasPlan }: PlanActsProps) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['specs'] });
  const path = `/api/specs/${spec.id}`;
  const plan = useMutation({
    mutationFn: () => call(`${path}/plan`, { method: 'POST', body: { again: hasPlan } }),
    onSuccess,
  });
  const stop = useMutation({ mutationFn: () => call(`${path}/planning`, { method: 'DELETE' }), onSuccess });
  const isOpen = planning !== null && planning.ended_at === null;
  const error = plan.error ?? stop.error;
  return (
    <div className="flex flex-wrap items-center gap-3">
      {isOpen ? (
        <Button isBusy={stop.isPending} onClick={() => stop.mutate()}>
          Stop the Architect
        </Button>
      ) : (
        <Button look={hasPlan ? 'plain' : 'primary'} isBusy={plan.isPending} onClick={() => plan.mutate()}>
          {hasPlan ? 'Plan again' : 'Plan'} (at most ${spec.estimate.architect_usd.toFixed(2)})
        </Button>
      )}
      {error instanceof ProblemError ? (
        <p role="alert" className="text-bad">
          {error.problem.detail} {error.problem.advice}
        </p>
      ) : null}
    </div>
  );
}

function PlanOf({ id, version }: { id: string; version: number }) {
  const plan = useQuery({
    queryKey: ['specs', 'plan', id, version],
    queryFn: ({ signal }) => call<SpecPlan>(`/api/specs/${id}/plan?version=${version}`, { signal }),
  });
  if (plan.isPending) return <Loading what="the plan" lines={6} />;
  if (plan.isError) return <Failed error={plan.error} onRetry={() => void plan.refetch()} />;
  const { plan: given, layers, problems, made_by, because, created_at } = plan.data;
  const layerOf = new Map(layers.flatMap((keys, layer) => keys.map((key) => [key, layer + 1] as const)));
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[13px] text-quiet">
        Version {version} by <bdi>{nameOfActor(made_by)}</bdi>: {legible(because)} · <Ago at={created_at} />
      </p>
      {problems.length === 0 ? null : (
        <ul
          aria-label="Why this plan is not valid"
          className="list-disc rounded-md bg-bad-soft py-2 pr-3 pl-7 text-bad"
        >
          {problems.map(({ message }) => (
            <li key={message} className="[overflow-wrap:anywhere]">
              {legible(message)}
            </li>
          ))}
        </ul>
      )}
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{legible(given.summary)}</p>
      <PlanGraph plan={given} layers={layers} />
      <PlainTable
        caption="Work orders of the plan"
        items={given.work_orders.toSorted((a, b) => (layerOf.get(a.key) ?? 0) - (layerOf.get(b.key) ?? 0))}
        keyOf={({ key }) => key}
        columns={[
          { head: 'Key', cell: ({ key }) => key },
          { head: 'Title', cell: ({ title }) => legible(title) },
          { head: 'After', cell: ({ depends_on }) => depends_on.join(', ') || '–' },
          { head: 'Files', cell: ({ files }) => files.map(({ path }) => legible(path)).join(', ') },
          {
            head: 'Done when',
            cell: ({ acceptance }) => acceptance.map(({ text }) => legible(text)).join('; '),
          },
          { head: 'Complexity', cell: ({ complexity }) => complexity.toFixed(1) },
        ]}
      />
    </div>
  );
}
