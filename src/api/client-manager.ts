// What other programs put before a human, and what the human's own programs answer (R-ESC-2).
import type { EscalationOption } from '../domain/escalation.ts';
import type { Severity } from '../domain/failure.ts';
import { MooseError } from '../domain/failure.ts';
import { usdNumber } from '../domain/money.ts';
import { withTimeout } from '../resilience/timeout.ts';
import { type ApiToken, audit } from '../store/api-tokens.ts';
import type { Database } from '../store/database.ts';
import type { Escalation } from '../store/escalations.ts';
import type { Api } from './app.ts';
import type { Escalate, Resolution } from './contract.ts';
import { escalate, execute, resolution } from './routes.ts';

export interface ClientManager {
  /** The id of the escalation, or of the alert where no work order is named; kept when this resolves. */
  escalate(critical: {
    component: string;
    operation: string;
    error: MooseError;
    workOrderId?: string;
    severity: Severity;
    metadata?: Record<string, unknown>;
  }): Promise<{ id: string }>;
  /** @throws `ESCALATION_NOT_FOUND` */
  escalation(id: string): Promise<Escalation>;
  answer(
    id: string,
    option: string,
    given: { note?: string; always?: boolean; by: string },
  ): Promise<Escalation>;
}

interface Deps {
  database: Database;
  clientManager: ClientManager;
  requestMsMax: number;
}

export function addClientManager(api: Api, deps: Deps): void {
  const { clientManager, requestMsMax } = deps;
  // What has begun goes on; the caller is not kept waiting for it.
  const limited = <T>(call: () => Promise<T>) =>
    withTimeout(requestMsMax, new AbortController().signal, call);
  api.openapi(escalate, async (c) => {
    const body = c.req.valid('json');
    const by = actorOf(c.get('token'));
    const { id } = await audited(
      deps,
      {
        by,
        act: 'escalation.open',
        subject: body.work_order_id ?? body.component,
        detail: { code: body.error.code },
      },
      c.get('signal'),
      () => limited(() => clientManager.escalate(criticalOf(body, by))),
    );
    return c.json({ id }, 202);
  });
  api.openapi(resolution, async (c) => {
    const { id } = c.req.valid('param');
    const found = await limited(() => clientManager.escalation(id));
    return c.json(resolutionOf(found), 200);
  });
  api.openapi(execute, async (c) => {
    const { escalation_id: id, option, note, always } = c.req.valid('json');
    const by = actorOf(c.get('token'));
    const answered = await audited(
      deps,
      { by, act: 'escalation.answer', subject: id, detail: { option, always, note: note ?? null } },
      c.get('signal'),
      () =>
        limited(() =>
          clientManager.answer(id, option, { always, by, ...(note === undefined ? {} : { note }) }),
        ),
    );
    return c.json(resolutionOf(answered), 202);
  });
}

const actorOf = ({ name }: ApiToken) => `api:${name}`;

/** Written before it is done, so that nothing is done unseen; a refusal is a row of its own. */
async function audited<T>(
  { database }: Deps,
  entry: { by: string; act: string; subject: string; detail: Record<string, unknown> },
  signal: AbortSignal,
  change: () => Promise<T>,
): Promise<T> {
  const { by: actor, act, subject, detail } = entry;
  await database.run((query) => audit(query, { actor, act, subject, detail }), signal);
  try {
    return await change();
  } catch (cause) {
    const code = cause instanceof MooseError ? cause.code : 'UNEXPECTED';
    await database.run(
      (query) => audit(query, { actor, act: `${act}.refused`, subject, detail: { code } }),
      signal,
    );
    throw cause;
  }
}

function criticalOf(body: Escalate, by: string) {
  const { component, operation, error, work_order_id: workOrderId, severity, metadata } = body;
  const named = workOrderId === undefined ? {} : { workOrderId };
  const { code, message, advice, category, failure_class: failureClass, stack } = error;
  const told = new MooseError(category, {
    ...{ code, message, component, operation, severity, failureClass, ...named },
    ...(advice === undefined ? {} : { advice }),
    metadata: { ...metadata, reportedBy: by },
  });
  if (stack !== undefined) told.stack = stack;
  return { component, operation, error: told, severity, ...named, metadata: { ...metadata, reportedBy: by } };
}

function resolutionOf(row: Escalation): Resolution {
  return {
    id: row.id,
    status: row.status,
    title: row.title,
    severity: row.severity,
    component: row.component,
    operation: row.operation,
    code: row.code,
    failure_class: row.failureClass,
    work_order_id: row.workOrderId,
    context: row.context,
    options: row.options.map((option) => optionOf(option, row.recommendedOption)),
    recommended_option: row.recommendedOption,
    chosen_option: row.chosenOption,
    note: row.note,
    resolved_by: row.resolvedBy,
    resolved_at: row.resolvedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  };
}

function optionOf(option: EscalationOption, recommended: string | null): Resolution['options'][number] {
  const { id, kind, label, command, costNanoUsd, risk, chance, chanceOf, needsNote = false } = option;
  return {
    ...{ id, kind, label, command, risk, chance },
    cost_usd: costNanoUsd === null ? null : usdNumber(BigInt(costNanoUsd)),
    chance_of: chanceOf,
    needs_note: needsNote,
    is_recommended: id === recommended,
  };
}
