// One spec: its results, its plan, its estimate and its text.

import { Link } from '@tanstack/react-router';
import type { SpecDetail } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Page } from '../../parts/page.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { specRoute } from '../../router.tsx';
import { useMe } from '../../shell/me.ts';
import { ContractsCard } from './contracts-card.tsx';
import { Estimate } from './estimate.tsx';
import { PlanSection } from './plan-section.tsx';
import { PlanVersions } from './plan-versions.tsx';
import { RunSection } from './run-section.tsx';
import { useSpec, useSpecRun, useVersions } from './use-spec.ts';

export function SpecPage() {
  const { id } = specRoute.useParams();
  const spec = useSpec(id);
  if (spec.data) return <Shown spec={spec.data} />;
  return (
    <Page title="Spec">
      {spec.isPending ? (
        <Loading what="the spec" />
      ) : (
        <Failed error={spec.error} onRetry={() => void spec.refetch()} />
      )}
    </Page>
  );
}

function Shown({ spec }: { spec: SpecDetail }) {
  const mayChange = useMe().me.role !== 'viewer';
  const { data, isPending, error, refetch } = useSpecRun(spec.id);
  const run = data?.run ?? null;
  const hasPlan = (useVersions(spec.id).data?.items.length ?? 0) > 0;
  return (
    <Page title={legible(spec.name)} tabTitle={`${legible(spec.name)} · Specs`} lead={<Lead spec={spec} />}>
      {isPending ? <Loading what="the progress" lines={2} /> : null}
      {error ? <Failed error={error} onRetry={() => void refetch()} /> : null}
      {run ? <RunSection {...{ spec, run, mayChange }} /> : null}
      {isPending ? null : <PlanSection {...{ spec, run, mayChange }} />}
      {hasPlan ? <ContractsCard id={spec.id} run={run} /> : null}
      <PlanVersions id={spec.id} />
      <Card title="Estimate when it was saved">
        <Estimate estimate={spec.estimate} />
      </Card>
      <Card title="Text" isFlush>
        <section
          aria-label="Text of the spec"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
          tabIndex={0}
          className="max-h-[50dvh] overflow-auto"
        >
          <pre dir="auto" className="whitespace-pre-wrap p-4 text-[13px] [overflow-wrap:anywhere]">
            {legible(spec.content)}
          </pre>
        </section>
      </Card>
    </Page>
  );
}

function Lead({ spec: { project, created_by, created_at } }: { spec: SpecDetail }) {
  return (
    <span className="[overflow-wrap:anywhere]">
      <Link
        to="/specs"
        className="inline-flex min-h-6 items-center underline underline-offset-2 hover:text-text"
      >
        All specs
      </Link>
      {project === null ? null : (
        <>
          {' '}
          · for <Words text={project} />
        </>
      )}{' '}
      · saved by <Words text={nameOfActor(created_by)} /> <Ago at={created_at} />
    </span>
  );
}
