// The steps of an invented work order: calls, sessions, failures, results.
import type { FailureDraft } from './failures.ts';
import { addRow, type Row } from './rows.ts';
import { type Ending, iso, nano, type Step, StoryLog } from './story-log.ts';
import { patch } from './vocabulary.ts';

const minuteMs = 60_000;

export class StoryWork extends StoryLog {
  protected meet(failure: FailureDraft, isOver: boolean): void {
    const at = this.nowMs;
    const recovered = isOver ? this.dice.next() < Math.max(0.5, failure.recovered) : false;
    this.nowMs += this.dice.between(1_000, 40_000);
    addRow(this.rows, 'error_events', {
      id: this.dice.uuid(),
      timestamp: iso(at),
      error_type: failure.code,
      severity: failure.severity,
      component: failure.component,
      operation: failure.operation,
      error_message: failure.message,
      failure_class: failure.failureClass,
      category: failure.category,
      type: failure.type,
      work_order_id: this.id,
      run_id: this.runId,
      step: failure.step,
      attempt: this.cycle + 1,
      fingerprint: fingerprintOf(failure),
      recovery_strategy: failure.strategy,
      recovery_success: isOver ? recovered : false,
      retry_count: recovered ? 1 : 0,
      resolved_at: iso(this.nowMs),
      resolution_time_ms: Math.round(this.nowMs - at),
      rule: failure.rule,
      confidence: 0.95,
      retryable: failure.category !== 'permanent',
      recoverability: isOver ? 'recoverable' : 'fatal',
      fallback_available: true,
      stack: `${failure.code}: ${failure.message}\n    at ${failure.operation} (src/engine/pipeline/${failure.step}.ts:52:17)`,
      metadata: {
        advice: failure.advice,
        hasWholeEvidence: failure.type === 'process',
        ...(failure.type === 'process' ? { process: evidenceOf(failure) } : {}),
      },
    });
  }

  protected call(service: string, isOver: boolean): void {
    const reserved = nano(this.dice.between(0.05, 0.3));
    const actual = nano(
      this.dice.between(0.004, this.model.includes('mini') || this.model.includes('haiku') ? 0.05 : 0.24),
    );
    const isPresumed = isOver && this.dice.next() < 0.02;
    const at = this.nowMs;
    this.nowMs += this.dice.between(2_000, 25_000);
    this.calls += 1;
    const status = !isOver ? 'sent' : isPresumed ? 'presumed' : 'settled';
    const booked = isPresumed ? reserved : actual;
    if (isOver) this.costNanoUsd += booked;
    if (isPresumed) this.presumedNanoUsd += booked;
    addRow(this.rows, 'cost_tracking', {
      id: this.dice.uuid(),
      type: 'actual',
      is_wasted: false,
      status,
      service_name: service,
      work_order_id: this.id,
      run_id: this.runId,
      reservation_id: this.reservationId,
      reserved_nano_usd: reserved,
      actual_nano_usd: isOver ? booked : null,
      model: this.model,
      provider: this.model.split('/')[0],
      wire: 'anthropic',
      is_stream: true,
      window_keys: [],
      input_tokens: isOver ? this.dice.whole(2_000, 60_000) : null,
      output_tokens: isOver ? this.dice.whole(200, 6_000) : null,
      created_at: iso(at),
      settled_at: isOver ? iso(this.nowMs) : null,
      duration_ms: isOver ? Math.round(this.nowMs - at) : null,
      http_status: isOver ? 200 : null,
      metadata: {},
      drawn_open_nano_usd: 0,
      drawn_spent_nano_usd: 0,
      drawn_presumed_nano_usd: 0,
    });
    if (isOver)
      this.event('model.answered', this.model, { serviceName: service, costNanoUsd: String(actual) });
  }

  protected session(
    purpose: 'agent' | 'check',
    name: string,
    end: { code: number; minutes: number } | null,
  ): void {
    const id = this.dice.uuid();
    const at = this.nowMs;
    if (purpose === 'agent' && name !== 'patch')
      for (let call = this.dice.whole(1, 5); call > 0; call--) this.call('agent', end !== null || call > 1);
    this.nowMs = Math.max(this.nowMs, at + (end?.minutes ?? 1) * minuteMs);
    addRow(this.rows, 'sessions', {
      id,
      work_order_id: this.id,
      run_id: this.runId,
      purpose,
      name,
      cycle: this.cycle,
      attempt: 1,
      host: this.draft.host,
      directory: `${this.draft.dataDirectory}/sessions/${id}`,
      command: purpose === 'agent' ? name : `sh -c '${this.draft.project.test}'`,
      state: end ? 'exited' : 'running',
      exit_code: end?.code ?? null,
      isolation: 'network',
      created_at: iso(at),
      started_at: iso(at + 40),
      ended_at: end ? iso(this.nowMs) : null,
    });
    this.event('session.started', name, { purpose, sessionId: id });
    if (!end) return;
    this.event('session.ended', name, { sessionId: id, exitCode: end.code, signal: null, reason: null });
    if (purpose === 'check')
      this.event('check.finished', 'test', {
        passed: end.code === 0,
        command: this.draft.project.test,
        durationMs: end.minutes * minuteMs,
        exitCode: end.code,
      });
  }

  protected result(step: Step, startedAt: number): void {
    addRow(this.rows, 'step_results', {
      run_id: this.runId,
      work_order_id: this.id,
      step,
      cycle: step === 'routing' ? 0 : this.cycle,
      result: this.resultOf(step),
      started_at: iso(startedAt),
      finished_at: iso(this.nowMs),
    });
    this.event('step.finished', 'moose:worker', {
      step,
      cycle: this.cycle,
      durationMs: Math.round(this.nowMs - startedAt),
    });
    if (step === 'applying') {
      this.event('progress', 'moose:worker', { fact: `tree:${this.dice.uuid()}` });
      addRow(this.rows, 'artifacts', {
        id: this.dice.uuid(),
        work_order_id: this.id,
        run_id: this.runId,
        cycle: this.cycle,
        kind: 'patch',
        content: `\\x${Buffer.from(patch).toString('hex')}`,
        created_at: iso(this.nowMs),
      });
    }
  }

  protected resultOf(step: Step): Row {
    if (step === 'routing') return this.routed();
    if (step === 'generating')
      return { proposal: null, brief: 'Make the change, and a test of it.', model: this.model, attempts: 1 };
    if (step === 'applying')
      return {
        outcome: 'success',
        headSha: 'b9d04e1',
        treeSha: 'a77e3c9',
        changedFiles: 2,
        agent: this.agent,
        summary: 'A webhook that comes twice is booked once; there is a test of it.',
      };
    if (step === 'verifying')
      return {
        isVerified: true,
        treeSha: 'a77e3c9',
        checks: [
          {
            kind: 'test',
            command: this.draft.project.test,
            passed: true,
            exitCode: 0,
            signal: null,
            timedOut: false,
            stoppedBecause: null,
            durationMs: 41_000,
            outputTail: ' Tests  212 passed (212)',
          },
        ],
      };
    if (step === 'creating_pr')
      return {
        number: 7,
        url: `https://github.com/acme/${this.draft.project.name}/pull/7`,
        headSha: 'b9d04e1',
        remote: 'origin',
      };
    return {};
  }

  protected reserve(ending: Ending): void {
    this.decide(
      'routing',
      'manager',
      { title: this.draft.title, files: 140, hardStopWords: [] },
      this.routed(),
    );
    const at = this.nowMs;
    const row: Row = {
      id: this.reservationId,
      type: 'reservation',
      service_name: 'pipeline',
      work_order_id: this.id,
      run_id: this.runId,
      reservation_id: null,
      reserved_nano_usd: this.envelopeNanoUsd,
      window_keys: windowsAt(at),
      metadata: { project_id: this.draft.project.id, work_order_id: this.id, run_id: this.runId },
      created_at: iso(at),
    };
    this.closings.push(() => {
      const isOpen = ending === 'in_progress';
      const open = isOpen ? this.openNanoUsd() : 0;
      addRow(this.rows, 'cost_tracking', {
        ...row,
        status: isOpen ? 'held' : 'settled',
        actual_nano_usd: isOpen ? null : this.costNanoUsd,
        // The envelope is at least as large as the calls that were drawn from it.
        reserved_nano_usd: Math.max(this.envelopeNanoUsd, this.costNanoUsd + open),
        drawn_open_nano_usd: open,
        drawn_spent_nano_usd: this.costNanoUsd - this.presumedNanoUsd,
        drawn_presumed_nano_usd: this.presumedNanoUsd,
        settled_at: isOpen ? null : iso(this.nowMs),
      });
    });
  }

  /** Marks everything booked so far as wasted (R-PIPE-15). */
  protected waste(): void {
    for (const call of this.rows.get('cost_tracking') ?? []) {
      if (call.work_order_id === this.id && call.type === 'actual' && call.settled_at !== null)
        call.is_wasted = true;
    }
    this.wastedNanoUsd = this.costNanoUsd;
  }

  protected openNanoUsd(): number {
    const calls = this.rows.get('cost_tracking') ?? [];
    return calls
      .filter((call) => call.reservation_id === this.reservationId && call.status === 'sent')
      .reduce((sum, call) => sum + Number(call.reserved_nano_usd), 0);
  }
}

/** The keys of the day's and the month's window, in UTC. */
export function windowsAt(ms: number): string[] {
  return [`day:${iso(ms).slice(0, 10)}`, `month:${iso(ms).slice(0, 7)}`];
}

function fingerprintOf({ code, failureClass, rule }: FailureDraft): string {
  return Buffer.from(`${code}${failureClass}${rule}`).toString('hex').padEnd(16, '0').slice(-16);
}

function evidenceOf({ message }: FailureDraft): Row {
  return {
    command: 'npm test',
    exitCode: 1,
    signal: null,
    durationMs: 41_300,
    stdoutTail: ` FAIL  src/refunds.test.ts > a webhook that comes twice is booked once\n AssertionError: expected 2 to be 1\n   at src/refunds.test.ts:18:31\n\n Tests  1 failed | 211 passed (212)\n${message}`,
    stderrTail: '',
  };
}
