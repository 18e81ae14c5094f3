// The plan of a spec: the Architect's progress, and the newest version, which a person can edit and approve.

import type { Spec, SpecPlanning, SpecRun } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { MarkedWords } from '../../parts/marked-words.tsx';
import { usd } from '../../parts/money.ts';
import { legible } from '../../parts/plain-text.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { DirectorLine } from './director-line.tsx';
import { PlanOf } from './plan-of.tsx';
import { useDecisions, usePlanning, useSpecChange, useVersions } from './use-spec.ts';

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

export interface PlanSectionProps {
  spec: Spec;
  mayChange: boolean;
  /** The run of the approved plan, which can no longer change. */
  run: SpecRun | null;
}

export function PlanSection({ spec, mayChange, run }: PlanSectionProps) {
  const planning = usePlanning(spec.id);
  const versions = useVersions(spec.id);
  const decisions = useDecisions(spec.id);
  const newest = versions.data?.items.findLast(({ is_aside }) => !is_aside)?.version;
  const version = run?.version ?? newest;
  if (planning.isPending || versions.isPending) return <Loading what="the plan" lines={3} />;
  const failed = [planning, versions].find(({ isError }) => isError);
  if (failed?.error) return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  const now = planning.data?.planning ?? null;
  const isOpen = now !== null && now.ended_at === null;
  return (
    <Card title="Plan">
      <div className="flex flex-col gap-3">
        {now && !run ? <PlanningLine planning={now} /> : null}
        {decisions.data ? <DirectorLine decisions={decisions.data} /> : null}
        {version === undefined && now === null ? (
          <Empty title="Not planned yet">
            The Architect reads the repository and divides the spec into work orders. No work starts before
            you approve its plan.
          </Empty>
        ) : null}
        {mayChange && !run ? <PlanActs spec={spec} planning={now} hasPlan={version !== undefined} /> : null}
        {version === undefined ? null : (
          <PlanOf
            spec={spec}
            version={version}
            mayChange={mayChange && !run && !isOpen}
            isRunning={run !== null}
          />
        )}
      </div>
    </Card>
  );
}

function PlanningLine({ planning }: { planning: SpecPlanning }) {
  const { state, model, rounds, rounds_max, spent_usd, limit_usd, failure, advice, declined } = planning;
  return (
    <div role="status" className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={tones[state]}>{words[state]}</Badge>
        <span className="text-[13px] text-quiet [overflow-wrap:anywhere]">
          by {model} · {rounds} of at most {rounds_max} answers · {usd(spent_usd)} of at most {usd(limit_usd)}
        </span>
      </p>
      {declined.map(({ machine, lacks }) => (
        <p key={machine} className="text-[13px] text-quiet [overflow-wrap:anywhere]">
          {machine} cannot plan it: {legible(lacks)}
        </p>
      ))}
      {failure === null ? null : <p className="text-bad [overflow-wrap:anywhere]">{legible(failure)}</p>}
      {advice === null ? null : (
        <p className="text-[13px] text-quiet">
          <MarkedWords text={advice} />
        </p>
      )}
    </div>
  );
}

interface PlanActsProps {
  spec: Spec;
  planning: SpecPlanning | null;
  hasPlan: boolean;
}

function PlanActs({ spec, planning, hasPlan }: PlanActsProps) {
  const params = { id: spec.id };
  const plan = useSpecChange(() => ask('post /api/specs/{id}/plan', { params, body: { again: hasPlan } }));
  const stop = useSpecChange(() => ask('delete /api/specs/{id}/planning', { params }));
  const isOpen = planning !== null && planning.ended_at === null;
  const error = plan.error ?? stop.error;
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        {isOpen ? (
          <Button isBusy={stop.isPending} onClick={() => stop.mutate()}>
            Stop the Architect
          </Button>
        ) : (
          <Button look={hasPlan ? 'plain' : 'primary'} isBusy={plan.isPending} onClick={() => plan.mutate()}>
            {hasPlan ? 'Plan again' : 'Plan'} (at most {usd(spec.estimate.architect_usd)})
          </Button>
        )}
      </div>
      {error ? <Failed error={error} /> : null}
    </>
  );
}
