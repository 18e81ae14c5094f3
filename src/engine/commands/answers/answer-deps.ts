import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';

export interface AnswerDeps {
  database: Database;
  clock: Clock;
}
