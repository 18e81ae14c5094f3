// Passes failures that were retried below the engine to the error log, with the work that they affected. Failures that
// occur before the log exists are buffered.
import type { OnFault } from '../../resilience/met-faults.ts';
import { currentWork } from './current-work.ts';
import type { ErrorLog, RecordedError } from './error-log.ts';

export interface FaultReport {
  onFault: OnFault;
  /** Sends reports to this log from now on, starting with the buffered ones. */
  to(log: Pick<ErrorLog, 'record'>): void;
}

/** Buffer size while Moose opens its database; above this, later reports repeat earlier ones. */
const keptMax = 100;

interface Kept {
  recordIn(log: Pick<ErrorLog, 'record'>): void;
}

export function createFaultReport(): FaultReport {
  let log: Pick<ErrorLog, 'record'> | undefined;
  const kept: Kept[] = [];
  return {
    onFault: (failure) => {
      const context = { ...currentWork(), strategy: 'retry' as const };
      if (log) return log.record(failure, context);
      let recorded: RecordedError | undefined;
      let end: Parameters<RecordedError['resolved']> | undefined;
      if (kept.length < keptMax) {
        kept.push({
          recordIn: (late) => {
            recorded = late.record(failure, context);
            if (end) recorded.resolved(...end);
          },
        });
      }
      return {
        resolved: (...given) => {
          end ??= given;
          recorded?.resolved(...given);
        },
      };
    },
    to(given) {
      log = given;
      for (const each of kept.splice(0)) each.recordIn(given);
    },
  };
}
