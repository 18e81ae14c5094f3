// What the invented week contains besides work orders: questions, circuits, alerts, forecasts, changed settings.
import { addForges } from './pull-requests.ts';
import type { Dice } from './random.ts';
import { addRow, type Row, type Rows } from './rows.ts';
import { addSchedules } from './schedules.ts';
import type { Story } from './story.ts';
import { iso } from './story-log.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Returns the ids of the open questions. */
export function addSurroundings(dice: Dice, rows: Rows, stories: readonly Story[], nowMs: number): string[] {
  const stuck = stories.filter(({ stuckOn }) => stuckOn !== null);
  const open: string[] = [];
  for (const story of stuck) {
    const isOpen = story.ending === 'needs_review';
    const id = dice.uuid();
    if (isOpen) open.push(id);
    addRow(rows, 'escalations', escalationRow(dice, story, { id, isOpen }));
  }
  addCircuits(rows, nowMs);
  addAlerts(dice, rows, nowMs);
  addWarnings(dice, rows, nowMs);
  addPeople(dice, rows, nowMs);
  addSchedules(dice, rows, stories[0], nowMs);
  addForges(rows, { now: iso(nowMs), later: iso(nowMs + hourMs) });
  return open;
}

function escalationRow(dice: Dice, story: Story, { id, isOpen }: { id: string; isOpen: boolean }): Row {
  const failure = story.stuckOn;
  if (!failure) throw new TypeError('Nothing was asked about a work order that is not stuck');
  const answeredAt = story.nowMs + dice.between(2, 50) * minuteMs;
  return {
    id,
    work_order_id: story.id,
    run_id: story.runId,
    failure_class: failure.failureClass,
    code: failure.code,
    title: `${failure.message} What now?`,
    component: 'pipeline',
    operation: failure.operation,
    severity: failure.severity,
    context: {
      code: failure.code,
      step: failure.step,
      because: 'three refinements did not help',
      advice: failure.advice,
      fault: 'work',
      spent_nano_usd: String(story.costNanoUsd),
      evidence: { process: { command: 'npm test', exitCode: 1, stdoutTail: failure.message } },
    },
    options: optionsOf(id, story),
    recommended_option: 'model:openai/gpt-5.2',
    status: isOpen ? 'open' : 'resolved',
    chosen_option: isOpen ? null : 'cancel',
    resolved_by: isOpen ? null : 'human:ada',
    resolved_at: isOpen ? null : iso(answeredAt),
    created_at: iso(story.nowMs),
    makes_policy: false,
    reminders: isOpen ? 1 : 0,
    updated_at: iso(isOpen ? story.nowMs : answeredAt),
  };
}

function optionsOf(escalationId: string, story: Story): Row[] {
  const command = (option: string) => `moose answer ${escalationId.slice(-8)} ${option}`;
  const option = (id: string, kind: string, label: string, rest: Row) => ({
    id,
    kind,
    label,
    command: command(id),
    costNanoUsd: '420000000',
    risk: 'low',
    chance: null,
    chanceOf: 0,
    ...rest,
  });
  const basis = 'runs after such a failure with another model';
  return [
    option('model:openai/gpt-5.2', 'other_model', 'Try it with openai/gpt-5.2', {
      chance: 0.78,
      chanceOf: 23,
      chanceBasis: basis,
    }),
    option('retry', 'retry', `Try ${story.stuckOn?.step ?? 'it'} again`, {
      chance: 0.31,
      chanceOf: 16,
      chanceBasis: 'runs that were tried again',
    }),
    option('refine', 'refine', 'Say what is to be done differently', {
      chance: 0.82,
      chanceOf: 11,
      needsNote: true,
    }),
    option('accept', 'accept', 'Take the change as it is', { costNanoUsd: '0', risk: 'high' }),
    option('undo', 'undo', 'Undo what was done, and cancel it', { costNanoUsd: '0', risk: 'medium' }),
  ];
}

function addCircuits(rows: Rows, nowMs: number): void {
  const add = (key: string, phase: string, since: number, message: string | null) =>
    addRow(rows, 'circuit_states', {
      key,
      kind: key.split(':')[0],
      phase,
      generation: 4,
      state: { phase },
      openings: phase === 'closed' ? 0 : 2,
      because: message ? { code: 'MODEL_OVERLOADED', message } : null,
      updated_by: 'moose:worker',
      opened_at: phase === 'closed' ? null : iso(since),
      not_before: phase === 'open' ? iso(nowMs + 40_000) : null,
      updated_at: iso(since),
    });
  add(
    'model:openai/gpt-5.2-mini',
    'open',
    nowMs - 9 * minuteMs,
    'openai answered 503 five times within a minute.',
  );
  add('provider:openai', 'half_open', nowMs - 2 * minuteMs, 'openai answered 503.');
  add('provider:anthropic', 'closed', nowMs - 30 * hourMs, null);
  add('forge:local', 'closed', nowMs - 50 * hourMs, null);
}

function addAlerts(dice: Dice, rows: Rows, nowMs: number): void {
  const alert = (severity: string, component: string, message: string, rest: Row) =>
    addRow(rows, 'system_alerts', {
      id: dice.uuid(),
      severity,
      component,
      operation: 'watch',
      message,
      times: 1,
      metadata: {},
      created_at: iso(nowMs - 40 * minuteMs),
      last_seen_at: iso(nowMs - 5 * minuteMs),
      resolved_at: null,
      ...rest,
    });
  alert('high', 'sessions', 'A session of checkout-web ended without saying how, and its process is gone.', {
    times: 2,
  });
  alert('medium', 'budget', 'More than half of the money of today is spent.', {});
  alert('critical', 'store', 'The disk of the database is 91 % full.', {
    created_at: iso(nowMs - 30 * hourMs),
    resolved_at: iso(nowMs - 28 * hourMs),
    resolved_by: 'human:ada',
  });
}

function addWarnings(dice: Dice, rows: Rows, nowMs: number): void {
  const degradation = { work_order_id: null, since: iso(nowMs - 9 * minuteMs), lapses_at: null, until: null };
  addRow(rows, 'degradations', {
    id: dice.uuid(),
    key: 'review',
    feature: 'the review of changes',
    because: 'openai is away',
    metadata: {},
    ...degradation,
  });
  addRow(rows, 'forecasts', {
    id: dice.uuid(),
    key: 'budget:day',
    signal: 'budget',
    component: 'budget',
    subject: 'day',
    value: 0.71,
    threshold: 1,
    message: "At this rate today's money is gone at 21:40 UTC.",
    raised_at: iso(nowMs - 55 * minuteMs),
    saved_nano_usd: 0,
  });
  for (let n = 0; n < 9; n++) {
    const raisedAt = nowMs - (20 + 12 * n) * hourMs;
    addRow(rows, 'forecasts', {
      id: dice.uuid(),
      key: `latency:${n}`,
      signal: 'latency',
      component: 'model',
      subject: 'openai',
      value: 9,
      threshold: 8,
      message: 'openai answers ever more slowly.',
      raised_at: iso(raisedAt),
      ended_at: iso(raisedAt + hourMs),
      came_true: n % 4 !== 0,
      saved_nano_usd: 180_000_000,
    });
  }
}

function addPeople(dice: Dice, rows: Rows, nowMs: number): void {
  const acts: ReadonlyArray<readonly [string, string, string]> = [
    ['human:ada', 'limits.change', 'daily'],
    ['human:grace', 'escalation.answer', 'model:openai/gpt-5.2'],
    ['api:ci', 'work_order.submit', 'checkout-web'],
    ['human:ada', 'circuit.reset', 'provider:openai'],
    ['human:grace', 'setting.change', 'settings.breakers.failures'],
  ];
  for (const [at, [actor, act, subject]] of acts.entries())
    addRow(rows, 'audit_log', { at: iso(nowMs - (at + 1) * 47 * minuteMs), actor, act, subject, detail: {} });
  addRow(rows, 'answer_policies', {
    id: dice.uuid(),
    project_id: null,
    failure_class: 'lint_error',
    code: 'CHECK_FAILED',
    note: null,
    created_by: 'human:ada',
    option: {
      id: 'retry',
      kind: 'retry',
      label: 'Try it again',
      command: '',
      costNanoUsd: null,
      risk: 'low',
      chance: null,
      chanceOf: 0,
    },
    uses: 6,
    created_at: iso(nowMs - 90 * hourMs),
    last_used_at: iso(nowMs - 3 * hourMs),
  });
}
