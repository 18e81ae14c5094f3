// Records the history of an invented work order: events, decisions, changes of state.

import type { FailureDraft } from './failures.ts';
import type { Dice } from './random.ts';
import { addRow, type Row, type Rows } from './rows.ts';
import { agents, models, type ProjectDraft } from './vocabulary.ts';

export type Ending = 'completed' | 'needs_review' | 'failed' | 'cancelled' | 'in_progress' | 'pending';

export interface StoryDraft {
  project: ProjectDraft & { id: string };
  title: string;
  createdAt: number;
  ending: Ending;
  /** The machine on which its processes run. */
  host: string;
  /** The folder with the files of sessions. */
  dataDirectory: string;
}

export const steps = ['routing', 'generating', 'applying', 'verifying', 'creating_pr', 'tracking'] as const;
export type Step = (typeof steps)[number];
export const nano = (usd: number) => Math.round(usd * 1e9);
export const iso = (ms: number) => new Date(ms).toISOString();

export class StoryLog {
  readonly id: string;
  readonly runId: string;
  readonly model: string;
  readonly agent: string;
  readonly complexity: number;
  /** The time that the story has reached. */
  nowMs: number;
  /** The last failure that was not recovered. */
  stuckOn: FailureDraft | null = null;
  costNanoUsd = 0;
  wastedNanoUsd = 0;
  protected readonly dice: Dice;
  protected readonly rows: Rows;
  protected readonly draft: StoryDraft;
  protected readonly reservationId: string;
  protected readonly envelopeNanoUsd: number;
  protected cycle = 0;
  protected calls = 0;
  protected presumedNanoUsd = 0;
  protected step: Step | null = null;
  protected readonly closings: Array<() => void> = [];
  protected state: Row | null = null;

  get ending(): Ending {
    return this.draft.ending;
  }

  get wasRefined(): boolean {
    return this.cycle > 0 && this.draft.ending === 'completed';
  }

  constructor(dice: Dice, rows: Rows, draft: StoryDraft) {
    this.dice = dice;
    this.rows = rows;
    this.draft = draft;
    this.id = dice.uuid();
    this.runId = dice.uuid();
    this.reservationId = dice.uuid();
    this.model = dice.weighted(models);
    this.agent = dice.weighted(agents);
    this.complexity = Math.round(dice.next() * 100) / 100;
    this.envelopeNanoUsd = nano(this.complexity < 0.3 ? 0.5 : 2.5);
    this.nowMs = draft.createdAt;
  }

  protected branch(): string {
    return `moose/${this.id.slice(-8)}-${this.draft.title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 40)}`;
  }

  protected decide(kind: string, agentType: string, input: Row, output: Row): void {
    addRow(this.rows, 'decision_logs', {
      id: this.dice.uuid(),
      work_order_id: this.id,
      kind,
      agent_type: agentType,
      input_context: input,
      decision_output: output,
      created_at: iso(this.nowMs),
    });
  }

  protected transition(to: Row, actor: string, reason: string): void {
    addRow(this.rows, 'work_order_events', {
      work_order_id: this.id,
      at: iso(this.nowMs),
      kind: 'transition',
      from_state: this.state,
      to_state: to,
      actor,
      reason,
      detail: {},
    });
    this.state = to;
  }

  protected event(kind: string, actor: string, detail: Row): void {
    addRow(this.rows, 'work_order_events', {
      work_order_id: this.id,
      at: iso(this.nowMs),
      kind,
      from_state: null,
      to_state: null,
      actor,
      reason: '',
      detail,
    });
  }

  protected routed(): Row {
    const tier = this.complexity < 0.3 ? 'light' : 'strong';
    return {
      tier,
      agent: this.agent,
      models: [this.model],
      complexity: this.complexity,
      hardStopWords: [],
      reasons: [`complexity ${this.complexity}: ${tier} model`],
      reservationId: this.reservationId,
      envelopeNanoUsd: String(this.envelopeNanoUsd),
      baseBranch: 'main',
      baseSha: '3f1c2aa',
      branch: this.branch(),
    };
  }
}
