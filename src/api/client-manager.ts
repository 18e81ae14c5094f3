// What other programs report to people, and how they read the answers (R-ESC-2).

import type { z } from '@hono/zod-openapi';
import type { Escalate, EscalationCard, escalatedSchema } from '../contract/contract.ts';
import { escalateFailure, executeResolution, showResolution } from '../contract/operations/client-manager.ts';
import { isMooseError, MooseError } from '../domain/failure.ts';
import type { CriticalError } from '../engine/commands/answers/critical-errors.ts';
import { logDecision } from '../engine/errors/log-decision.ts';
import { withTimeout } from '../resilience/timeout.ts';
import type { Database } from '../store/database.ts';
import { roleToAnswer } from './escalations.ts';
import type { Api } from './request/api.ts';
import { assertRole } from './request/caller.ts';
import { requestInvalid } from './request/request-errors.ts';

export interface ClientManager {
  /** Resolves once the report is stored, whatever happens later; the ID is that of the error, and of its question. */
  report(critical: CriticalError): Promise<string>;
  /** @throws `ESCALATION_NOT_FOUND`, `ESCALATION_AMBIGUOUS` */
  one(id: string): Promise<EscalationCard>;
  answer(
    id: string,
    option: string,
    given: { note?: string; always?: boolean; by: string },
  ): Promise<EscalationCard>;
}

interface Deps {
  database: Database;
  clientManager: ClientManager;
  requestMsMax: number;
}

export function addClientManager(api: Api, deps: Deps): void {
  const { clientManager, requestMsMax } = deps;
  // Work that has started continues, but the caller does not wait for it.
  const limited = <T>({ signal }: { signal: AbortSignal }, call: () => Promise<T>) =>
    withTimeout(requestMsMax, signal, call);
  api.openapi(
    escalateFailure,
    async (c) => {
      const body = c.req.valid('json');
      const by = c.get('caller').actor;
      const critical = criticalOf(body, by);
      const entry = {
        subject: critical.workOrderId ?? critical.component,
        detail: { code: critical.error.code },
      };
      const id = await c
        .get('audit')
        .write(entry, () => limited(c.var, () => clientManager.report(critical)));
      return c.json(await limited(c.var, () => questionOf(clientManager, id, body.work_order_id)), 202);
    },
    (result, c) =>
      result.success
        ? undefined
        : refuseReport(deps.database, c.get('caller').actor, requestInvalid(result.error.issues)),
  );
  api.openapi(showResolution, async (c) => {
    const { id } = c.req.valid('param');
    const found = await limited(c.var, () => clientManager.one(id));
    return c.json(found, 200);
  });
  api.openapi(executeResolution, async (c) => {
    const { escalation_id: id, option, note, always } = c.req.valid('json');
    assertRole(c.get('caller'), roleToAnswer(option));
    const by = c.get('caller').actor;
    const entry = { subject: id, detail: { option, always, note: note ?? null } };
    const answered = await c
      .get('audit')
      .write(entry, () =>
        limited(c.var, () =>
          clientManager.answer(id, option, { always, by, ...(note === undefined ? {} : { note }) }),
        ),
      );
    return c.json(answered, 202);
  });
}

/** If this work order already has a question, the report is added to that question. */
async function questionOf(
  clientManager: ClientManager,
  id: string,
  workOrderId?: string,
): Promise<z.infer<typeof escalatedSchema>> {
  for (const given of workOrderId === undefined ? [] : [id, workOrderId]) {
    try {
      const question = await clientManager.one(given);
      return { id: question.id, escalation: { id: question.id } };
    } catch (cause) {
      if (!isMooseError(cause) || cause.code !== 'ESCALATION_NOT_FOUND') throw cause;
    }
  }
  return { id, escalation: null };
}

/** A report that nobody will see is still an attempt. */
async function refuseReport(database: Database, by: string, refused: MooseError): Promise<never> {
  await database.run((query) =>
    logDecision(query, {
      workOrderId: null,
      kind: 'skip',
      agentType: 'client_manager',
      input: { operation: 'escalate', by },
      output: { as: 'nothing', because: refused.message },
    }),
  );
  throw refused;
}

/** Used for reports of a single sentence, which do not say where the failure happened. */
const reported = { component: 'outside', operation: 'escalate' } as const;

function criticalOf(body: Escalate, by: string): CriticalError & { error: MooseError } {
  if ('reason' in body) {
    const { reason: message, failure_class, ...rest } = body;
    const error = { code: 'ESCALATED', message, category: 'permanent' as const, failure_class };
    return criticalOf({ ...rest, ...reported, error }, by);
  }
  const { component, operation, error, work_order_id: workOrderId, severity, metadata } = body;
  const named = workOrderId === undefined ? {} : { workOrderId };
  const { code, message, advice, category, failure_class: failureClass = 'unknown', stack } = error;
  const told = new MooseError(category, {
    code,
    message,
    component,
    operation,
    severity,
    failureClass,
    ...named,
    ...(advice === undefined ? {} : { advice }),
    metadata: { ...metadata, reportedBy: by },
  });
  if (stack !== undefined) told.stack = stack;
  return { component, operation, error: told, severity, ...named, metadata: { ...metadata, reportedBy: by } };
}
