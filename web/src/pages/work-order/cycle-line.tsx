import { useId } from 'react';
import type { Station } from '../../../../src/contract/contract.ts';
import { classNames } from '../../parts/class-names.ts';
import { usd } from '../../parts/money.ts';
import { duration } from '../../parts/time.tsx';
import { useNow } from '../escalations/use-now.ts';
import { type CycleOfRun, isUnderWay, keyOf, lastedMs, stepName, type TrackStep } from './runs-of.ts';
import { StationDetail } from './station-detail.tsx';
import { stationLooks } from './station-look.ts';
import type { Chosen } from './timeline.tsx';

export interface CycleLineProps {
  cycle: CycleOfRun;
  steps: readonly TrackStep[];
  chosen: Chosen;
  workOrderId: string;
  label: string;
  /** Also draws the steps that have not started. */
  showsAhead: boolean;
}

/** The steps of a cycle: in a row on wide screens, in a column on phones. */
export function CycleLine({ cycle, steps, chosen, workOrderId, label, showsAhead }: CycleLineProps) {
  const detailId = useId();
  const drawn = steps.flatMap((step, column) => {
    const station = cycle.stations.find((each) => each.step === step);
    return station || (showsAhead && isAfter(cycle, steps, column)) ? [{ step, station, column }] : [];
  });
  const shown = cycle.stations.find((station) => keyOf(station) === chosen.key);
  return (
    <>
      <ol
        aria-label={label}
        className="flex flex-col sm:grid"
        style={{ gridTemplateColumns: `repeat(${steps.length}, minmax(0, 1fr))` }}
      >
        {drawn.map(({ step, station, column }, index) => (
          <li key={step} className="relative min-w-0" style={{ gridColumnStart: column + 1 }}>
            <Rails
              into={index === 0 ? undefined : (drawn[index - 1]?.station?.state ?? 'ahead')}
              out={index === drawn.length - 1 ? undefined : (station?.state ?? 'ahead')}
            />
            {station ? (
              <StationButton
                station={station}
                isOpen={station === shown}
                detailId={detailId}
                onPress={() => chosen.choose(station === shown ? undefined : keyOf(station))}
              />
            ) : (
              <div className="flex items-center gap-3 p-1 sm:flex-col sm:gap-1 sm:text-center">
                <Disc state="ahead" />
                <span className="text-quiet">
                  {stepName(step)}
                  <span className="block text-[13px]">not started</span>
                </span>
              </div>
            )}
          </li>
        ))}
      </ol>
      <div id={detailId}>{shown ? <StationDetail station={shown} workOrderId={workOrderId} /> : null}</div>
    </>
  );
}

function isAfter({ stations }: CycleOfRun, steps: readonly TrackStep[], column: number): boolean {
  const last = stations.at(-1);
  return last === undefined || column > steps.indexOf(last.step);
}

/** The line between the discs, in the colour of the earlier step. */
function Rails({ into, out }: { into: StationState | undefined; out: StationState | undefined }) {
  const line = (from: StationState) =>
    classNames('absolute w-0.5 sm:h-0.5 sm:w-[calc(50%-16px)]', from === 'done' ? 'bg-good' : 'bg-line');
  return (
    <span aria-hidden>
      {into ? <span className={`${line(into)} top-0 left-[19px] h-1 sm:top-[19px] sm:left-0`} /> : null}
      {out ? (
        <span
          className={`${line(out)} top-9 bottom-0 left-[19px] sm:top-[19px] sm:right-0 sm:bottom-auto sm:left-auto`}
        />
      ) : null}
    </span>
  );
}

type StationState = keyof typeof stationLooks;

export function Disc({ state }: { state: StationState }) {
  const { Icon, disc, isMoving } = stationLooks[state];
  return (
    <span
      className={classNames(
        'inline-flex h-8 w-8 shrink-0 items-center justify-center rounded-full border-2',
        disc,
        isMoving && 'ring-4 ring-info-soft',
      )}
    >
      <Icon aria-hidden size={16} className={isMoving ? 'animate-spin' : ''} />
    </span>
  );
}

interface StationButtonProps {
  station: Station;
  isOpen: boolean;
  detailId: string;
  onPress(): void;
}

function StationButton({ station, isOpen, detailId, onPress }: StationButtonProps) {
  const lasted = useLasted(station);
  const tries = station.attempts.length;
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      aria-controls={detailId}
      onClick={onPress}
      className={classNames(
        'flex min-h-11 w-full cursor-pointer items-center gap-3 rounded-lg p-1 text-left transition-colors hover:bg-raised sm:flex-col sm:gap-1 sm:text-center',
        isOpen && 'bg-raised',
      )}
    >
      <span className="relative z-10">
        <Disc state={station.state} />
        {tries > 1 ? (
          <span className="absolute -top-1 -right-2 rounded-full border border-surface bg-text px-1 text-[11px] leading-4 font-semibold text-surface">
            {tries}
            <span className="sr-only"> attempts,</span>
          </span>
        ) : null}
      </span>
      <span className="min-w-0">
        <span className="block font-medium">{stepName(station.step)}</span>
        <span className="block text-[13px] tabular-nums text-quiet">
          {station.state === 'done' ? (
            <span className="sr-only">done, </span>
          ) : (
            stationLooks[station.state].words
          )}
          {station.state === 'done' || lasted === null ? '' : ' · '}
          {lasted === null ? '' : duration(lasted)}
          {station.cost_usd > 0 ? ` · ${usd(station.cost_usd)}` : ''}
        </span>
      </span>
    </button>
  );
}

const tickMs = 1_000;

/** Keeps counting while the step runs. */
function useLasted(station: Station): number | null {
  const now = useNow(tickMs, isUnderWay(station));
  return lastedMs(station, now);
}
