// The pipeline as a diagram: one line of steps per run, a loop for each repeated cycle, and the running step animated.
import { useState } from 'react';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';
import { duration } from '../../parts/time.tsx';
import { useNow } from '../escalations/use-now.ts';
import { CycleLine } from './cycle-line.tsx';
import { LoopBack } from './loop-back.tsx';
import {
  isUnderWay,
  lastedMs,
  type RunOfOrder,
  runsOf,
  stationToLookAt,
  stepsDrawn,
  type TrackStep,
} from './runs-of.ts';
import { stationLooks } from './station-look.ts';

const tickMs = 1_000;

export interface Chosen {
  /** The key of the step whose attempts are shown. */
  key: string | undefined;
  choose(key: string | undefined): void;
}

export function Timeline({ detail }: { detail: WorkOrderDetail }) {
  // Undefined: nothing selected yet; null: closed by the user.
  const [picked, setPicked] = useState<string | null>();
  const key = picked === undefined ? stationToLookAt(detail.timeline) : (picked ?? undefined);
  const chosen = { key, choose: (next: string | undefined) => setPicked(next ?? null) };
  const steps = stepsDrawn(detail.timeline);
  const now = useNow(tickMs, detail.timeline.some(isUnderWay));
  const runs = runsOf(detail.timeline, now);
  const isOpen = detail.status === 'pending' || detail.status === 'in_progress';
  if (runs.length === 0)
    return (
      <Frame title="Not started" figures="">
        <CycleLine
          cycle={{ cycle: 1, stations: [] }}
          {...{ steps, chosen }}
          workOrderId={detail.id}
          label="Upcoming steps"
          showsAhead
        />
      </Frame>
    );
  return (
    <div className="flex flex-col gap-4">
      {runs.map((run, index) => (
        <RunPicture
          key={run.run}
          {...{ run, steps, chosen, detail, now }}
          showsAhead={index === 0 && isOpen}
          isOnly={runs.length === 1}
        />
      ))}
    </div>
  );
}

interface RunPictureProps {
  run: RunOfOrder;
  steps: readonly TrackStep[];
  chosen: Chosen;
  detail: WorkOrderDetail;
  now: number;
  showsAhead: boolean;
  isOnly: boolean;
}

function RunPicture({ run, steps, chosen, detail, now, showsAhead, isOnly }: RunPictureProps) {
  const figures = [duration(run.durationMs), usd(run.costUsd), count(run.attempts, 'attempt')].join(' · ');
  return (
    <Frame
      title={isOnly ? 'Run' : `Run ${run.run}`}
      figures={figures}
      strip={<TimeStrip run={run} now={now} />}
    >
      {run.cycles.map((cycle, index) => {
        const before = run.cycles[index - 1];
        const isLast = index === run.cycles.length - 1;
        return (
          <div key={cycle.cycle}>
            {before ? <LoopBack from={before} to={cycle} steps={steps} /> : null}
            <CycleLine
              {...{ cycle, steps, chosen }}
              workOrderId={detail.id}
              label={`Run ${run.run}, cycle ${cycle.cycle}`}
              showsAhead={showsAhead && isLast}
            />
          </div>
        );
      })}
    </Frame>
  );
}

interface FrameProps {
  title: string;
  figures: string;
  strip?: React.ReactNode;
  children: React.ReactNode;
}

function Frame({ title, figures, strip, children }: FrameProps) {
  return (
    <section aria-label={title} className="overflow-hidden rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 pt-3 pb-2">
        <h2 className="font-semibold">{title}</h2>
        <p className="text-[13px] tabular-nums text-quiet">{figures}</p>
      </header>
      {strip}
      <div className="px-3 pt-4 pb-3 sm:px-5">{children}</div>
    </section>
  );
}

const leastShare = 0.006;

/** How long each step took. */
function TimeStrip({ run, now }: { run: RunOfOrder; now: number }) {
  const stations = run.cycles.flatMap(({ stations: each }) => each);
  return (
    <div aria-hidden className="mx-4 flex h-1.5 gap-px overflow-hidden rounded-full">
      {stations.map((station) => (
        <span
          key={`${station.cycle}.${station.step}`}
          title={`${station.step.replaceAll('_', ' ')}: ${duration(lastedMs(station, now) ?? 0)}`}
          className={stationLooks[station.state].bar}
          style={{ flexGrow: Math.max(lastedMs(station, now) ?? 0, run.durationMs * leastShare, 1) }}
        />
      ))}
    </div>
  );
}

const count = (of: number, name: string) => `${of} ${name}${of === 1 ? '' : 's'}`;
