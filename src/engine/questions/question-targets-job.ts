// Says that questions pile up, or are answered or delivered late, for as long as that lasts (R-ESC-7).
import { durationText } from '../../domain/duration.ts';
import type { Database, Query } from '../../store/database.ts';
import { raiseAlert, resolveAlert } from '../../store/failures/alerts.ts';
import type { PeriodicJob } from '../jobs/periodic-jobs.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
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
    code: 'QUESTIONS_PILE_UP',
    isMissed: found.open_backlog > goals.open_backlog,
    message: `${found.open_backlog} questions are open; the target is at most ${goals.open_backlog}.`,
    advice: 'Answer them with `moose answer`; `--always` also answers later ones of the same kind.',
  });
  const late = (what: string, ms: number | null, goalMs: number) => ({
    isMissed: ms !== null && ms > goalMs,
    message: `Questions of the last day were ${what} after ${durationText(wholeSeconds(ms ?? 0))} on average; the target is ${durationText(goalMs)}.`,
  });
  await tell(query, {
    key: 'questions:answer',
    code: 'QUESTIONS_ANSWERED_LATE',
    ...late('answered', found.mean_time_to_resolve_ms, goals.mean_time_to_resolve_ms),
    advice: 'Name people on call in Settings, so that a question goes to the next person after a while.',
  });
  await tell(query, {
    key: 'questions:delivery',
    code: 'QUESTIONS_DELIVERED_LATE',
    ...late('delivered', found.mean_delivery_ms, goals.mean_delivery_ms),
    advice: 'Check the channels with `moose doctor`.',
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
  await raiseAlert(query, {
    key,
    code,
    severity: 'low',
    component: 'questions',
    operation: 'compare with targets',
    message,
    metadata: { advice },
  });
}
