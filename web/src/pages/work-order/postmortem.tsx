// Why a work order failed, was parked or undone, from the record.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Postmortem } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { usd } from '../../parts/money.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';

export function PostmortemTab({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['work-order', id, 'postmortem'],
    queryFn: ({ signal }) => ask('get /api/work-orders/{id}/postmortem', { params: { id }, signal }),
  });
  if (data) return <Account postmortem={data} />;
  return error ? (
    <Failed error={error} onRetry={() => void refetch()} />
  ) : (
    <Loading what="the post-mortem" lines={6} />
  );
}

function Account({ postmortem }: { postmortem: Postmortem }) {
  const { summary, first_cause: cause, prevention, cost, failures, left_out, left_behind } = postmortem;
  return (
    <div className="flex flex-col gap-5 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-3">
        <Words text={summary} />
        <Copy text={postmortem.markdown} />
      </p>
      <Part title="First cause">
        {cause === null ? (
          <p>It ended without a failure.</p>
        ) : (
          <p>
            {cause.error_id === null ? (
              <code>{cause.code}</code>
            ) : (
              <Link
                to="/monitoring"
                search={{ error: cause.error_id }}
                className="text-accent underline underline-offset-2"
              >
                <code>{cause.code}</code>
              </Link>
            )}
            : <Words text={cause.message} />
          </p>
        )}
      </Part>
      <Part title="What would have prevented it">
        {prevention.length === 0 ? (
          <p className="text-quiet">The record does not say.</p>
        ) : (
          <ul className="flex list-disc flex-col gap-1.5 pl-5">
            {prevention.map(({ what, because }) => (
              <li key={what}>
                <Words text={what} /> <Words text={because} className="text-quiet" />
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Part title="What it cost">
        <p>
          {usd(cost.total_usd)}, of which {usd(cost.wasted_usd)} was wasted: {cost.model_calls} model calls,{' '}
          {cost.agent_runs} runs of agents, {cost.refinement_cycles} refinement cycles.
        </p>
      </Part>
      <Part title="Failures, oldest first">
        {left_out.failures > 0 ? (
          <p className="text-quiet">{left_out.failures} from the middle are not listed.</p>
        ) : null}
        <ol className="flex flex-col gap-2">
          {failures.map((failure) => (
            <FailureLine key={failure.id} failure={failure} />
          ))}
        </ol>
      </Part>
      {left_behind.length === 0 ? null : (
        <Part title="Left behind">
          <ul className="list-disc pl-5">
            {left_behind.map(({ kind, what }) => (
              <li key={`${kind} ${what}`}>
                {kind}: <Words text={what} />
              </li>
            ))}
          </ul>
        </Part>
      )}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1.5">
      <h2 className="font-semibold">{title}</h2>
      {children}
    </section>
  );
}

type Failure = Postmortem['failures'][number];

function FailureLine({ failure }: { failure: Failure }) {
  const { at, code, message, step, recovered, decided } = failure;
  const result = recovered === null ? 'open' : recovered ? 'recovered' : 'not recovered';
  return (
    <li className="flex flex-col gap-1 rounded-lg border border-line bg-surface px-4 py-3">
      <p>
        <Ago at={at} /> {step === null ? null : `in ${step}`} <code>{code}</code> ({result}):{' '}
        <Words text={message} />
      </p>
      <p className="text-[13px]">
        <span className="text-quiet">Decided: </span>
        {decided.act.replaceAll('_', ' ')}
        {decided.because === null ? null : (
          <>
            , because <Words text={decided.because} />
          </>
        )}
        {decided.policy === null ? null : (
          <>
            ; row {decided.policy.row ?? 'after the table'}: <Words text={decided.policy.does} />
          </>
        )}
      </p>
      <p className="text-[13px]">
        <span className="text-quiet">System: </span>
        <SystemWords system={failure.system} />
      </p>
    </li>
  );
}

function SystemWords({ system: { machine, circuits, degraded } }: { system: Failure['system'] }) {
  const load = machine
    ? `${machine.host}, load ${machine.load_per_core ?? 'unknown'} per core, ${Math.round(machine.memory_free_share * 100)} % memory free`
    : 'load not recorded';
  const open = circuits.map(({ key, phase }) => `${key} ${phase.replace('_', ' ')}`);
  const without = degraded.map(({ feature }) => `without ${feature}`);
  return (
    <Words text={[load, ...(open.length === 0 ? ['all circuits closed'] : open), ...without].join('; ')} />
  );
}

function Copy({ text }: { text: string }) {
  const [said, say] = useState('');
  // The clipboard is missing on pages served over plain HTTP from another machine.
  const copy = () =>
    Promise.resolve(navigator.clipboard)
      .then((clipboard) => clipboard.writeText(text))
      .then(
        () => say('Copied.'),
        () => say('The browser refused; use `moose postmortem`.'),
      );
  return (
    <>
      <Button size="small" onClick={() => void copy()}>
        Copy as Markdown
      </Button>
      <span role="status" className="text-[13px] text-quiet">
        {said}
      </span>
    </>
  );
}
