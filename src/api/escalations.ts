// Questions to people, their answers, and standing answers.

import type { MeasuredEscalations } from '../contract/contract.ts';
import { audited } from '../engine/access/audited.ts';
import type { Api, ApiDeps } from './app.ts';
import { assertRole } from './caller.ts';
import * as routes from './routes/escalations.ts';
import { roleToAnswer } from './routes/roles.ts';

export function addEscalations(api: Api, { database }: Pick<ApiDeps, 'database'>): void {
  api.openapi(routes.list, async (c) => {
    const { status, limit, cursor, owner } = c.req.valid('query');
    const page = await c.get('moose').escalations.page({ all: status === 'all', limit, cursor, owner });
    return c.json(page, 200);
  });
  api.openapi(routes.one, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').escalations.one(id), 200);
  });
  api.openapi(routes.answer, async (c) => {
    const { id } = c.req.valid('param');
    const { option, note, always } = c.req.valid('json');
    assertRole(c.get('caller'), roleToAnswer(option));
    const { escalations } = c.get('moose');
    const by = c.get('caller').actor;
    const detail = { option, always, note: note ?? null };
    const answered = await audited(
      database,
      { by, act: 'escalation.answer', subject: id, detail },
      c.get('signal'),
      () => escalations.answerOnce(id, option, { always, ...(note === undefined ? {} : { note }) }),
    );
    return c.json(answered, 202);
  });
  api.openapi(routes.handOn, async (c) => {
    const { id } = c.req.valid('param');
    const { owner } = c.req.valid('json');
    const entry = { by: c.get('caller').actor, act: 'escalation.hand_on', subject: id, detail: { owner } };
    const given = () => c.get('moose').escalations.handOn(id, owner);
    return c.json(await audited(database, entry, c.get('signal'), given), 200);
  });
  api.openapi(routes.measures, async (c) => {
    const { days } = c.req.valid('query');
    return c.json(measuresOf(await c.get('moose').escalations.measures(days)), 200);
  });
  api.openapi(routes.policies, async (c) => {
    const { all } = c.req.valid('query');
    return c.json({ items: await c.get('moose').escalations.policies({ all: all === 'true' }) }, 200);
  });
  api.openapi(routes.revokePolicy, async (c) => {
    const { id } = c.req.valid('param');
    const by = c.get('caller').actor;
    await audited(
      database,
      { by, act: 'answer_policy.revoke', subject: id, detail: {} },
      c.get('signal'),
      () => c.get('moose').escalations.revokePolicy(id),
    );
    return c.body(null, 204);
  });
}

function measuresOf(found: MeasuredEscalations) {
  const { days, open_backlog, asked, answered, answered_by_itself, mean_delivery_ms, goals } = found;
  const withGoal = (name: 'escalation_rate' | 'mean_time_to_resolve_ms' | 'mean_time_to_detection_ms') => ({
    value: found[name],
    goal: goals[name],
  });
  return {
    days,
    open_backlog,
    asked,
    answered,
    answered_by_itself,
    mean_delivery_ms,
    goals,
    escalation_rate: withGoal('escalation_rate'),
    mean_time_to_resolve_ms: withGoal('mean_time_to_resolve_ms'),
    mean_time_to_detection_ms: withGoal('mean_time_to_detection_ms'),
  };
}
