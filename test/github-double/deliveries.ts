import { createHmac, randomUUID } from 'node:crypto';
import { completeWebhook } from './contract.ts';
import { describeRepository, describeUser } from './describe.ts';
import type { Delivery, Hook, Repository, User } from './state.ts';
import type { World } from './world.ts';

// Webhooks: signed, described, and never repeated by GitHub itself.
// https://docs.github.com/webhooks/using-webhooks/handling-failed-webhook-deliveries

export interface Occurrence {
  event: string;
  action: string | null;
  by: User;
  payload(): object;
}

export function sendDeliveries(
  world: World,
  repository: Repository,
  { event, action, by, payload }: Occurrence,
): void {
  const ofApps = world.installations
    .filter(
      ({ account, repositories }) =>
        account === repository.owner && (repositories?.includes(repository.name) ?? true),
    )
    .flatMap(({ id, app }) =>
      app.hook ? [{ hook: app.hook, installation: { id, node_id: `I_${id}` } }] : [],
    );
  const hooks = [...repository.hooks.map((hook) => ({ hook, installation: undefined })), ...ofApps];
  for (const { hook, installation } of hooks) {
    if (!hook.events.includes('*') && !hook.events.includes(event)) continue;
    const said = {
      ...(action !== null && { action }),
      ...payloadOf(world, payload),
      repository: describeRepository(world, repository),
      sender: describeUser(world, by),
      installation,
    };
    const name = action === null ? event : `${event}.${action}`;
    const complete = completeWebhook(name, said);
    for (const fault of complete.faults) world.faults.push(`webhook ${name}: ${fault}`);
    const delivery: Delivery = {
      id: world.nextId(),
      guid: randomUUID(),
      event,
      action,
      body: JSON.stringify(complete.payload),
      isRedelivery: false,
      deliveredAt: world.now(),
      statusCode: 0,
    };
    hook.deliveries.push(delivery);
    send(world, hook, delivery);
  }
}

function payloadOf(world: World, payload: () => object): object {
  world.isTelling = true;
  try {
    return payload();
  } finally {
    world.isTelling = false;
  }
}

function send(world: World, hook: Hook, delivery: Delivery): void {
  const { webhooks, deliveries } = world;
  const now = () => {
    deliveries.push(deliver(hook, delivery));
  };
  if (webhooks.mode === 'held') webhooks.held.push(now);
  else if (webhooks.mode !== 'lost') now();
  if (webhooks.mode === 'twice') now();
}

/** The same GUID and body as the first time. */
export function redeliver(world: World, hook: Hook, first: Delivery): Delivery {
  const again = { ...first, id: world.nextId(), isRedelivery: true, deliveredAt: world.now(), statusCode: 0 };
  hook.deliveries.push(again);
  world.deliveries.push(deliver(hook, again));
  return again;
}

const patienceMs = 10_000;

async function deliver(hook: Hook, delivery: Delivery): Promise<void> {
  const signature = createHmac('sha256', hook.secret).update(delivery.body).digest('hex');
  try {
    const answer = await fetch(hook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/0d0b1e',
        'x-github-event': delivery.event,
        'x-github-delivery': delivery.guid,
        'x-github-hook-id': String(hook.id),
        'x-hub-signature-256': `sha256=${signature}`,
      },
      body: delivery.body,
      signal: AbortSignal.timeout(patienceMs),
    });
    await answer.arrayBuffer();
    delivery.statusCode = answer.status;
  } catch {
    delivery.statusCode = 0;
  }
}
