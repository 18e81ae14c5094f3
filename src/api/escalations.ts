// Questions to people, their answers, and standing answers.
import type { MeasuredEscalations } from '../contract/contract.ts';
import {
  answerEscalation,
  handOnEscalation,
  listAnswerPolicies,
  listEscalations,
  measureEscalations,
  revokeAnswerPolicy,
  showEscalation,
} from '../contract/operations/escalations.ts';
import { changeLimits } from '../contract/operations/money.ts';
import type { ApiRole } from '../domain/people/api-role.ts';
import { raisesSystemLimit } from '../engine/questions/raise-limit-option.ts';
import type { Api } from './request/api.ts';
import { assertRole } from './request/caller.ts';

export function addEscalations(api: Api): void {
  api.openapi(listEscalations, async (c) => {
    const { status, limit, cursor, owner } = c.req.valid('query');
    const page = await c.get('moose').escalations.page({ all: status === 'all', limit, cursor, owner });
    return c.json(page, 200);
  });
  api.openapi(showEscalation, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(await c.get('moose').escalations.one(id), 200);
  });
  api.openapi(answerEscalation, async (c) => {
    const { id } = c.req.valid('param');
    const { option, note, always } = c.req.valid('json');
    assertRole(c.get('caller'), roleToAnswer(option));
    const { escalations } = c.get('moose');
    const detail = { option, always, note: note ?? null };
    const answered = await c
      .get('audit')
      .write({ subject: id, detail }, () =>
        escalations.answerOnce(id, option, { always, ...(note === undefined ? {} : { note }) }),
      );
    return c.json(answered, 202);
  });
  api.openapi(handOnEscalation, async (c) => {
    const { id } = c.req.valid('param');
    const { owner } = c.req.valid('json');
    const given = () => c.get('moose').escalations.handOn(id, owner);
    return c.json(await c.get('audit').write({ subject: id, detail: { owner } }, given), 200);
  });
  api.openapi(measureEscalations, async (c) => {
    const { days } = c.req.valid('query');
    return c.json(measuresOf(await c.get('moose').escalations.measures(days)), 200);
  });
  api.openapi(listAnswerPolicies, async (c) => {
    const { all } = c.req.valid('query');
    return c.json({ items: await c.get('moose').escalations.policies({ all: all === 'true' }) }, 200);
  });
  api.openapi(revokeAnswerPolicy, async (c) => {
    const { id } = c.req.valid('param');
    await c.get('audit').write({ subject: id }, () => c.get('moose').escalations.revokePolicy(id));
    return c.body(null, 204);
  });
}

function measuresOf(found: MeasuredEscalations) {
  const withGoal = (name: 'escalation_rate' | 'mean_time_to_resolve_ms' | 'mean_time_to_detection_ms') => ({
    value: found[name],
    goal: found.goals[name],
  });
  return {
    ...found,
    escalation_rate: withGoal('escalation_rate'),
    mean_time_to_resolve_ms: withGoal('mean_time_to_resolve_ms'),
    mean_time_to_detection_ms: withGoal('mean_time_to_detection_ms'),
  };
}

/** An answer that raises a limit of the whole system needs the role that changing that limit needs. */
export function roleToAnswer(option: string): ApiRole {
  return raisesSystemLimit(option) ? changeLimits.role : answerEscalation.role;
}
