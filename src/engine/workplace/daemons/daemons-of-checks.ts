// The services of a worktree while its checks run: started before the first check, stopped before a failed check is
// judged.
import { hasSession } from '../../../store/work/sessions/session-rows.ts';
import type { Work } from '../../run/work.ts';
import type { CheckPlan } from '../checks/project-checks.ts';
import { type DaemonPlan, daemonsIn } from './daemon-plan.ts';
import { endLeftDaemons } from './left-daemons.ts';
import { type RunningDaemons, startDaemons } from './start-daemons.ts';

export class DaemonsOfChecks {
  readonly #work: Work;
  readonly #plan: DaemonPlan | null;
  readonly #worktreePath: string;
  #running: RunningDaemons | null = null;

  constructor(work: Work, plan: CheckPlan, worktreePath: string) {
    this.#work = work;
    this.#plan = daemonsIn(work, plan);
    this.#worktreePath = worktreePath;
  }

  get hasAny(): boolean {
    return this.#plan !== null;
  }

  /** Returns the work for a check that uses the services. `clean` is called first, unless the check has already started. */
  async start(check: string, clean?: () => Promise<unknown>): Promise<Work> {
    if (this.#plan === null) return this.#work;
    if (this.#running === null) {
      if (clean && !(await this.#hasBegun(check))) {
        await endLeftDaemons(this.#work, this.#worktreePath);
        await clean();
      }
      const asked = { plan: this.#plan, worktreePath: this.#worktreePath, step: 'verifying' } as const;
      this.#running = await startDaemons(this.#work, asked);
    }
    await this.#running.stand();
    return this.#running.work;
  }

  /**
   * @throws TransientError SERVICE_DIED if a service ended during the check: then the check says nothing about the
   * change
   */
  async stopAfterRed(sessionId: string): Promise<void> {
    const away = await this.#running?.failure(sessionId);
    await this.stop();
    if (away) throw away;
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.stop();
  }

  async #hasBegun(name: string): Promise<boolean> {
    const { run, database, signal } = this.#work;
    const named = { purpose: 'check', name, runId: run.id, cycle: run.cycle } as const;
    const attempt = run.stepAttempt + run.pauses + 1;
    return database.run((query) => hasSession(query, { ...named, attempt }), signal);
  }
}
