// Says that questions pile up, or are answered or delivered late, for as long as that lasts (R-ESC-7).

import { durationText } from '../../domain/text/duration.ts';
import type { Database, Query } from '../../store/database.ts';
import { resolveAlert } from '../../store/failures/alerts.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { raiseQuietly } from '../errors/log-decision.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { questionFindings } from './failure-catalogue.ts';
import { escalationMeasures } from './measures.ts';

const everyMs = 60_000;
const days = 1;
const wholeSeconds = (ms: number) => Math.max(1, Math.round(ms / 1_000)) * 1_000;

export interface QuestionTargetsDeps {
  database: Database;
  settings: Pick<EngineSettings, 'targets'>;
}

export function questionTargetsJob({ database, settings }: QuestionTargetsDeps): PeriodicJob {
  return {
    name: 'question-targets',
    everyMs,
    run: (signal) => database.transaction((query) => compare(query, settings.targets), signal),
  };
}

async function compare(query: Query, targets: EngineSettings['targets']): Promise<void> {
  const { goals, ...found } = await escalationMeasures(query, targets, days);
  await tell(query, {
    key: 'questions:open',
    isMissed: found.open_backlog > goals.open_backlog,
    ...questionFindings.QUESTIONS_PILE_UP({ open: found.open_backlog, target: goals.open_backlog }),
  });
  type Late = 'QUESTIONS_ANSWERED_LATE' | 'QUESTIONS_DELIVERED_LATE';
  const late = (code: Late, ms: number | null, goalMs: number) => ({
    isMissed: ms !== null && ms > goalMs,
    ...questionFindings[code]({ time: durationText(wholeSeconds(ms ?? 0)), target: durationText(goalMs) }),
  });
  await tell(query, {
    key: 'questions:answer',
    ...late('QUESTIONS_ANSWERED_LATE', found.mean_time_to_resolve_ms, goals.mean_time_to_resolve_ms),
  });
  await tell(query, {
    key: 'questions:delivery',
    ...late('QUESTIONS_DELIVERED_LATE', found.mean_delivery_ms, goals.mean_delivery_ms),
  });
}

interface Compared {
  key: string;
  code: string;
  isMissed: boolean;
  message: string;
  advice: string;
}

/** The questions themselves have been sent to people, so that the alert is only shown. */
async function tell(query: Query, { key, code, isMissed, message, advice }: Compared): Promise<void> {
  if (!isMissed) return void (await resolveAlert(query, key, 'moose'));
  await raiseQuietly(query, {
    key,
    code,
    severity: 'low',
    component: 'questions',
    operation: 'compare with targets',
    message,
    metadata: { advice },
  });
}
