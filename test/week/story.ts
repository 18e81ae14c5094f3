// The rows of one invented work order, from its submission to its current state.

import { type FailureDraft, failures } from './failures.ts';
import { addPullRequest } from './pull-requests.ts';
import { addRow, type Row } from './rows.ts';
import { type Ending, iso, type Step, steps } from './story-log.ts';
import { StoryWork } from './story-work.ts';

/** Columns that are the same for all work orders of this week. */
const unchanging = {
  run: 1,
  settings: {},
  time_limit_ms: 300_000,
  base_branch: 'main',
  base_sha: '3f1c2aa',
  refinement_cycles_max: 3,
  agent_runs_at_progress: 0,
  model_calls_at_progress: 0,
  cost_at_progress_nano_usd: 0,
  is_scripted: false,
  requested_by: 'human:ada',
  changed_by: 'moose:worker',
  changed_because: '',
  metadata: {},
  recovery_attempts: 0,
  recoveries: [],
  needs_approval: false,
};

export class Story extends StoryWork {
  tell(): this {
    const { ending } = this.draft;
    this.transition({ status: 'pending' }, 'human:ada', 'submitted');
    if (ending !== 'pending') this.work(ending);
    this.order(ending);
    return this;
  }

  protected work(ending: Ending): void {
    this.nowMs += this.dice.between(500, 20_000);
    this.reserve(ending);
    const lastStep = this.lastStep(ending);
    for (const step of steps.slice(0, steps.indexOf(lastStep) + 1)) {
      this.step = step;
      const isLast = step === lastStep && ending !== 'completed';
      this.transition(
        { status: 'in_progress', step, step_state: 'running' },
        'moose:worker',
        `${step} begins`,
      );
      if (isLast) {
        this.stopAt(step, ending);
        return;
      }
      while (step === 'verifying' && this.cycle < 3 && this.dice.next() < 0.22) this.refine();
      this.take(step);
    }
    this.outcome(true, null);
  }

  protected lastStep(ending: Ending): Step {
    if (ending === 'completed') return 'tracking';
    if (ending === 'failed') return 'generating';
    if (ending === 'cancelled') return 'applying';
    if (ending === 'in_progress') return this.dice.pick(['generating', 'applying', 'applying', 'verifying']);
    return this.dice.pick(['applying', 'verifying', 'verifying', 'creating_pr']);
  }

  protected take(step: Step): void {
    const startedAt = this.nowMs;
    if (this.dice.next() < 0.09) this.meet(this.failureAt(step), true);
    if (step === 'generating') this.call('proposer', true);
    if (step === 'applying')
      this.session('agent', this.agent, { code: 0, minutes: this.dice.between(0.4, 4) });
    if (step === 'verifying')
      this.session('check', '1-test', { code: 0, minutes: this.dice.between(0.1, 2.5) });
    this.nowMs += this.dice.between(200, 9_000);
    this.result(step, startedAt);
  }

  /** A failed check sends the work order back. */
  protected refine(): void {
    this.session('check', '1-test', { code: 1, minutes: this.dice.between(0.1, 2) });
    this.meet(this.failureAt('verifying'), true);
    this.cycle += 1;
    this.waste();
    this.decide(
      'refinement_cycle',
      'proposer',
      { step: 'verifying', code: 'CHECK_FAILED' },
      { cycle: this.cycle, of: 3, because: 'a different change is needed' },
    );
    for (const step of ['generating', 'applying'] as const) this.take(step);
  }

  protected stopAt(step: Step, ending: Ending): void {
    if (ending === 'in_progress') {
      if (step === 'applying') this.session('agent', this.agent, null);
      else if (step === 'verifying') this.session('check', '1-test', null);
      else this.call('proposer', false);
      return;
    }
    if (ending === 'cancelled') return;
    if (step === 'generating') this.call('proposer', true);
    if (step === 'applying') this.session('agent', this.agent, { code: 1, minutes: 4.9 });
    if (step === 'verifying') this.session('check', '1-test', { code: 1, minutes: 1.1 });
    this.stuckOn = this.failureAt(step);
    this.meet(this.stuckOn, false);
    this.waste();
    this.outcome(false, this.stuckOn.failureClass);
  }

  protected failureAt(step: Step): FailureDraft {
    const fitting = failures.filter((each) => each.step === step);
    const [first] = failures;
    return this.dice.weighted(
      (fitting.length > 0 ? fitting : [first]).map((each) => [each, each.weight] as const),
    );
  }

  protected outcome(success: boolean, failureClass: string | null): void {
    addRow(this.rows, 'outcome_vectors', {
      id: this.dice.uuid(),
      work_order_id: this.id,
      run_id: this.runId,
      success,
      model: this.model,
      agent: this.agent,
      complexity: this.complexity,
      features: { tier: this.complexity < 0.3 ? 'light' : 'strong' },
      cost_nano_usd: this.costNanoUsd,
      duration_ms: Math.round(this.nowMs - this.draft.createdAt),
      refinement_cycles: this.cycle,
      failure_class: failureClass,
      error_context: null,
      created_at: iso(this.nowMs),
    });
  }

  protected order(ending: Ending): void {
    for (const close of this.closings) close();
    const isOver = ending !== 'pending' && ending !== 'in_progress';
    if (isOver) {
      this.nowMs += 300;
      const reason = this.stuckOn?.message ?? 'the change is verified, pushed and proposed';
      this.transition(
        { status: ending, step: this.step, step_state: this.stepState(ending) },
        'moose:worker',
        reason,
      );
    }
    if (this.hasBranch()) this.effects(ending);
    this.addRun(ending, isOver);
    this.addOrder(ending, isOver);
  }

  protected hasBranch(): boolean {
    return this.step !== null && this.step !== 'routing';
  }

  protected stepState(ending: Ending): string | null {
    if (this.step === null) return null;
    if (ending === 'in_progress') return 'running';
    return ending === 'needs_review' ? 'manual_intervention_required' : 'done';
  }

  protected addRun(ending: Ending, isOver: boolean): void {
    addRow(this.rows, 'runs', {
      id: this.runId,
      work_order_id: this.id,
      number: 1,
      kind: 'work',
      first_step: 'routing',
      state: isOver ? 'ended' : 'running',
      outcome: isOver ? ending : null,
      fence: 1,
      executor: ending === 'in_progress' ? 'worker' : null,
      starts: 1,
      leg: 0,
      cycle: this.cycle,
      step_attempt: 0,
      settings: {},
      created_at: iso(this.draft.createdAt),
      ended_at: isOver ? iso(this.nowMs) : null,
      pauses: 0,
    });
  }

  protected addOrder(ending: Ending, isOver: boolean): void {
    const { title, project, createdAt } = this.draft;
    const { code, message, advice, failureClass } = this.stuckOn ?? {};
    addRow(this.rows, 'work_orders', {
      id: this.id,
      project_id: project.id,
      title,
      status: ending,
      step: this.step,
      description: `${title}. What is to change, and how one sees that it did, stands in the acceptance.`,
      acceptance: 'There is a test that fails without the change.',
      step_state: this.stepState(ending),
      failure_class: failureClass ?? null,
      failure: this.stuckOn ? { code, message, advice } : null,
      branch: this.hasBranch() ? this.branch() : null,
      pull_request_url: ending === 'completed' ? `https://github.com/acme/${project.name}/pull/7` : null,
      agent_runs: this.cycle + 1,
      model_calls: this.calls,
      input_tokens: this.calls * 20_000,
      output_tokens: this.calls * 2_000,
      cost_nano_usd: this.costNanoUsd,
      wasted_nano_usd: this.wastedNanoUsd,
      refinement_cycles: this.cycle,
      created_at: iso(createdAt),
      updated_at: iso(this.nowMs),
      finished_at: isOver && ending !== 'needs_review' ? iso(this.nowMs) : null,
      ...unchanging,
    });
  }

  protected effects(ending: Ending): void {
    const isKept = ending !== 'failed' && ending !== 'cancelled';
    const add = (kind: string, detail: Row, state = 'done') =>
      addRow(this.rows, 'effects', {
        work_order_id: this.id,
        run_id: this.runId,
        kind,
        key: `${kind}:${this.id}`,
        state,
        detail,
        created_at: iso(this.nowMs),
        updated_at: iso(this.nowMs),
      });
    add('branch', { branch: this.branch(), worktreePath: null }, isKept ? 'done' : 'undone');
    add(
      'worktree',
      { worktreePath: `${this.draft.dataDirectory}/worktrees/${this.id.slice(-8)}` },
      ending === 'completed' ? 'undone' : isKept ? 'done' : 'undone',
    );
    if (ending !== 'completed') return;
    add('push', { branch: this.branch(), remote: 'origin', sha: 'b9d04e1' });
    const { project, title } = this.draft;
    const number = addPullRequest(this.rows, {
      projectId: project.id,
      project: project.name,
      workOrderId: this.id,
      title,
      branch: this.branch(),
      at: iso(this.nowMs),
      isRefined: this.cycle > 0,
    });
    add('pull_request', { number });
  }
}
