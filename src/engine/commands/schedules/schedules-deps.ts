import type { ApiRole } from '../../../domain/people/api-role.ts';
import type { WhenOpen } from '../../../domain/work-order/schedule.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import type { KnownNames } from '../submit/agent-choice.ts';
import type { Submission } from '../submit/submission.ts';

export interface NewSchedule extends Submission {
  name: string;
  cron: string;
  timeZone: string;
  whenOpen: WhenOpen;
  catchUpMs: number;
}

/** What only the one who passes on the request knows. */
export interface AskedWith {
  /** The caller's token; null on the machine of the database. */
  tokenId: string | null;
  role: ApiRole;
}

export interface SchedulesAskDeps {
  database: Database;
  clock: Clock;
  actor: string;
  requester?: string;
  known: KnownNames;
  settings?: { readonly current: EngineSettings };
}
