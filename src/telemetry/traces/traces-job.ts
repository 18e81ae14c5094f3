// Exports each ended run once, by one of the Moose processes, oldest first; if the collector is unavailable, later.
import type { PeriodicJob } from '../../engine/background/jobs/periodic-jobs.ts';
import type { Database } from '../../store/database.ts';
import {
  type ExportedRun,
  endedRuns,
  exportedUntil,
  markExported,
  recordOf,
  type TracedRun,
} from '../../store/work/runs/traced-runs.ts';
import { spansOfRun } from './run-spans.ts';
import type { TraceExporter } from './trace-exporter.ts';

const everyMs = 5_000;
const runsPerTurn = 50;
/** Maximum number of spans per request. */
const spansMax = 1_000;
const nobody = '00000000-0000-0000-0000-000000000000';

export function tracesJob({
  database,
  exporter,
}: {
  database: Database;
  exporter: TraceExporter;
}): PeriodicJob {
  const mark = (exported: ExportedRun, signal: AbortSignal) =>
    database.run((query) => markExported(query, exported), signal);
  const after = (exported: ExportedRun, signal: AbortSignal) =>
    database.run((query) => endedRuns(query, exported, runsPerTurn), signal);
  const tell = async (run: TracedRun, signal: AbortSignal) => {
    const spans = spansOfRun(await database.run((query) => recordOf(query, run), signal));
    for (let at = 0; at < spans.length; at += spansMax) await exporter.tell(spans.slice(at, at + spansMax));
  };
  return {
    name: 'traces',
    everyMs,
    async run(signal) {
      const known = await database.run(exportedUntil, signal);
      // Runs that ended before traces were enabled are not exported.
      let exported = known ?? { endedAt: new Date().toISOString(), id: nobody };
      if (known === null) await mark(exported, signal);
      for (let found = runsPerTurn; found === runsPerTurn; ) {
        const runs = await after(exported, signal);
        for (const run of runs) {
          await tell(run, signal);
          exported = { endedAt: run.endedAtText, id: run.id };
          await mark(exported, signal);
        }
        found = runs.length;
      }
    },
  };
}
