import { type Answer, type Call, numberIn, ok, page, type Routes, repositoryOf } from '../call.ts';
import { redeliver } from '../deliveries.ts';
import { iso } from '../describe.ts';
import { notFound } from '../refusal.ts';
import type { Delivery, Hook } from '../state.ts';
import { appOf } from './apps.ts';

// https://docs.github.com/webhooks/using-webhooks/redelivering-webhooks: GitHub repeats nothing by itself, and forgets
// deliveries after three days.

const repo = '/repos/{owner}/{repo}/hooks/{hook_id}/deliveries';

export const hookRoutes: Routes = {
  [`GET ${repo}`]: (call) => listDeliveries(call, hookIn(call)),
  [`POST ${repo}/{delivery_id}/attempts`]: (call) => attempt(call, hookIn(call)),
  'GET /app/hook/deliveries': (call) => listDeliveries(call, hookOfApp(call)),
  'POST /app/hook/deliveries/{delivery_id}/attempts': (call) => attempt(call, hookOfApp(call)),
};

function hookIn(call: Call): Hook {
  const hook = repositoryOf(call).hooks.find(({ id }) => id === numberIn(call, 'hook_id'));
  if (!hook) throw notFound();
  return hook;
}

function hookOfApp(call: Call): Hook {
  const { hook } = appOf(call);
  if (!hook) throw notFound();
  return hook;
}

const keptMs = 3 * 86_400_000;

function kept(call: Call, { deliveries }: Hook): Delivery[] {
  const oldest = call.world.now().getTime() - keptMs;
  return deliveries.filter(({ deliveredAt }) => deliveredAt.getTime() >= oldest);
}

/** The newest first. */
function listDeliveries(call: Call, hook: Hook): Answer {
  const { items, headers } = page(call, kept(call, hook).toReversed());
  const body = items.map(({ id, guid, event, action, isRedelivery, deliveredAt, statusCode }) => ({
    id,
    guid,
    event,
    action,
    redelivery: isRedelivery,
    delivered_at: iso(deliveredAt),
    duration: 0.1,
    status: statusCode >= 200 && statusCode < 300 ? 'OK' : 'Invalid HTTP Response',
    status_code: statusCode,
    installation_id: null,
    repository_id: null,
  }));
  return { ...ok(body), headers };
}

function attempt(call: Call, hook: Hook): Answer {
  const found = kept(call, hook).find(({ id }) => id === numberIn(call, 'delivery_id'));
  if (!found) throw notFound();
  redeliver(call.world, hook, found);
  return { status: 202, body: {} };
}
