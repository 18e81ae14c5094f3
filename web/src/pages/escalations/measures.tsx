import { useQuery } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import { classNames } from '../../parts/class-names.ts';
import { Failed } from '../../parts/states.tsx';
import { duration } from '../../parts/time.tsx';

const days = 7;
const share = (value: number) => `${(value * 100).toFixed(1).replace(/\.0$/, '')}%`;

/** Metrics about questions (R-ESC-6). */
export function Measures() {
  const { data, error, refetch } = useQuery({
    queryKey: ['escalations', 'measures', days],
    queryFn: ({ signal }) => ask('get /api/escalation-measures', { query: { days }, signal }),
  });
  if (error) return <Failed error={error} onRetry={() => void refetch()} />;
  const resolved = data?.mean_time_to_resolve_ms;
  const detected = data?.mean_time_to_detection_ms;
  const rate = data?.escalation_rate;
  return (
    <section className="max-sm:order-last" aria-label={`Question metrics, last ${days} days`}>
      <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-3 xl:grid-cols-6">
        <Measure
          name="Open now"
          value={data ? String(data.open_backlog) : '…'}
          goal={data ? `goal at most ${data.goals.open_backlog}` : ''}
          isMissed={data !== undefined && data.open_backlog > data.goals.open_backlog}
        />
        <Measure
          name="Time to answer"
          value={resolved?.value == null ? '–' : duration(resolved.value)}
          goal={resolved ? `goal ${duration(resolved.goal)}` : ''}
          isMissed={(resolved?.value ?? 0) > (resolved?.goal ?? 0)}
        />
        <Measure
          name="Time to deliver"
          value={data?.mean_delivery_ms == null ? '–' : duration(data.mean_delivery_ms)}
          goal={data ? `goal ${duration(data.goals.mean_delivery_ms)}` : ''}
          isMissed={(data?.mean_delivery_ms ?? 0) > (data?.goals.mean_delivery_ms ?? 0)}
        />
        <Measure
          name="Failures noticed after"
          value={detected?.value == null ? '–' : duration(detected.value)}
          goal={detected ? `goal ${duration(detected.goal)}` : ''}
          isMissed={(detected?.value ?? 0) > (detected?.goal ?? 0)}
        />
        <Measure
          name="Work orders with a question"
          value={rate?.value == null ? '–' : share(rate.value)}
          goal={rate ? `goal under ${share(rate.goal)}` : ''}
          isMissed={(rate?.value ?? 0) > (rate?.goal ?? 0)}
        />
        <Measure
          name={`Answered, last ${days} days`}
          value={data ? `${data.answered} of ${data.asked}` : '…'}
          goal={data ? `${data.answered_by_itself} automatically` : ''}
        />
      </dl>
    </section>
  );
}

function Measure({
  name,
  value,
  goal = '',
  isMissed = false,
}: {
  name: string;
  value: string;
  goal?: string;
  isMissed?: boolean;
}) {
  return (
    <div className="flex flex-col bg-surface px-4 py-3">
      <dt className="text-[13px] text-quiet">{name}</dt>
      <dd className={classNames('text-lg font-semibold tabular-nums', isMissed && 'text-warn')}>
        {value}
        {isMissed ? <span className="sr-only"> (misses the goal)</span> : null}
      </dd>
      <dd className="text-[13px] text-quiet">{goal || '\u00a0'}</dd>
    </div>
  );
}
