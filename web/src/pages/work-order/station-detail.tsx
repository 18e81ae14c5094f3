import { Link } from '@tanstack/react-router';
import type { Station } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { usd } from '../../parts/money.ts';
import { Ago, duration } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { stepName } from './runs-of.ts';
import { stationLooks } from './station-look.ts';

type Attempt = Station['attempts'][number];
const linkClass = 'text-accent underline underline-offset-2';

export function StationDetail({ station, workOrderId }: { station: Station; workOrderId: string }) {
  return (
    <section
      aria-label={`Details of ${stepName(station.step)}`}
      className="mt-3 flex flex-col gap-2 rounded-lg border border-line bg-raised p-3 [overflow-wrap:anywhere]"
    >
      <p>
        <span className="font-semibold">{stepName(station.step)}</span>{' '}
        <span className="text-quiet">{stationLooks[station.state].words}</span>
        {station.summary ? (
          <>
            {': '}
            <Words text={station.summary} />
          </>
        ) : null}
      </p>
      <p className="text-[13px] text-quiet tabular-nums">
        {[
          station.duration_ms === null ? '' : duration(station.duration_ms),
          usd(station.cost_usd),
          station.model_calls === 1 ? '1 model call' : `${station.model_calls} model calls`,
        ]
          .filter(Boolean)
          .join(' · ')}
        {station.started_at ? (
          <>
            {' · started '}
            <Ago at={station.started_at} />
          </>
        ) : null}
      </p>
      {station.attempts.length > 0 ? (
        <ol
          aria-label="Attempts"
          className="flex flex-col divide-y divide-line rounded-md border border-line bg-surface"
        >
          {station.attempts.map((attempt) => (
            <AttemptLine
              key={`${attempt.number} ${attempt.started_at} ${attempt.what}`}
              attempt={attempt}
              workOrderId={workOrderId}
            />
          ))}
        </ol>
      ) : null}
    </section>
  );
}

const tones: Readonly<Record<Attempt['outcome'], Tone>> = {
  running: 'info',
  done: 'good',
  failed: 'bad',
  stopped: 'neutral',
};

function AttemptLine({ attempt, workOrderId }: { attempt: Attempt; workOrderId: string }) {
  const lasted = lastedMs(attempt);
  return (
    <li className="flex flex-col gap-1 px-3 py-2">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <span className="text-quiet tabular-nums">#{attempt.number}</span>
        <Words className="font-medium" text={attempt.what} />
        <Badge tone={tones[attempt.outcome]}>{attempt.outcome}</Badge>
        <span className="text-[13px] text-quiet tabular-nums">
          {[lasted === null ? '' : duration(lasted), attempt.cost_usd > 0 ? usd(attempt.cost_usd) : '']
            .filter(Boolean)
            .join(' · ')}
        </span>
        {attempt.session_id ? (
          <Link
            to="/work-orders/$id"
            params={{ id: workOrderId }}
            search={{ tab: 'activity', session: attempt.session_id }}
            className={linkClass}
          >
            View output
          </Link>
        ) : null}
        {attempt.error_id ? (
          <Link
            to="/work-orders/$id"
            params={{ id: workOrderId }}
            search={{ tab: 'debug', part: 'errors' }}
            className={linkClass}
          >
            View error
          </Link>
        ) : null}
      </p>
      {attempt.error ? (
        <p className="text-bad">
          <Words text={attempt.error} />
        </p>
      ) : null}
    </li>
  );
}

function lastedMs({ started_at: startedAt, ended_at: endedAt }: Attempt): number | null {
  if (startedAt === null || endedAt === null) return null;
  return new Date(endedAt).getTime() - new Date(startedAt).getTime();
}
