// Answers the command line of other machines with the engine's own values (R-DIST-2).
import { z } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import {
  type CallInput,
  type CallName,
  type CallOutput,
  calledEventsMax,
  calls,
} from '../contract/contract.ts';
import { statuses } from '../domain/transitions.ts';
import { audited } from '../engine/access/audited.ts';
import type { Moose } from '../engine/moose.ts';
import type { Api, ApiDeps } from './app.ts';
import { isJson } from './read-json.ts';
import { callRoute } from './routes/calls.ts';

interface Asked {
  moose: Moose;
  signal: AbortSignal;
  /** Records a change before it is made. */
  recorded<T>(act: string, subject: string, change: () => Promise<T>): Promise<T>;
}

type Answers = {
  readonly [Name in CallName]: (asked: Asked, input: CallInput<Name>) => Promise<CallOutput<Name>>;
};

const answers: Answers = {
  'work-order': ({ moose }, { id }) => moose.view(id),
  'work-orders': ({ moose }, { status, needs_you, ...same }) =>
    moose.workOrders.listed({
      limit: same.limit,
      ...(status === undefined ? {} : { statuses: statuses.filter((one) => one === status) }),
      ...(same.project === undefined ? {} : { project: same.project }),
      ...(needs_you === undefined ? {} : { needsYou: needs_you }),
      ...(same.text === undefined ? {} : { text: same.text }),
    }),
  'work-order-in-full': ({ moose }, { id }) => moose.show(id),
  events: async ({ moose }, { id, after }) => {
    const order = await moose.find(id);
    // The state is read before the events: if it has ended, the events read below are complete.
    const isSettled = await moose.isSettled(order);
    const newestId = await moose.newestEventId(order);
    const events = await moose.eventsAfter(order, BigInt(after), calledEventsMax);
    return { is_settled: isSettled, newest_id: newestId, events };
  },
  sessions: async ({ moose }, { id }) => moose.sessions(await moose.find(id)),
  patch: async ({ moose }, { id }) => ({ patch: await moose.diff(id) }),
  merge: async ({ moose, recorded }, { id }) => {
    const order = await moose.find(id);
    return recorded('work_order.merge', order.id, () => moose.merge(order.id));
  },
  errors: ({ moose }, { limit, ...question }) => moose.errors.list(definedOnly(question), limit),
  'error-groups': ({ moose }, question) => moose.errors.groups(definedOnly(question)),
  reproduction: async ({ moose }, { id, tools }) => {
    const { error, files, ...rest } = await moose.errors.reproduction(id, tools);
    const sent = files.map(({ content, ...file }) => ({
      ...file,
      content: new Uint8Array(Buffer.from(content)),
    }));
    return { error, reproduction: { ...rest, files: sent } };
  },
  alerts: ({ moose }, wish) => moose.escalations.alerts(wish),
  'alert-resolve': ({ moose, recorded }, { id }) =>
    recorded('alert.resolve', id, () => moose.escalations.resolveAlert(id)),
  'escalation-measures': ({ moose }) => moose.escalations.measures(),
  limits: ({ moose }) => moose.limits(),
  budget: ({ moose }) => moose.budget(),
  'budget-check': ({ moose }) => moose.checkBudget(),
  prices: async ({ moose }, wish) =>
    (await moose.prices(wish)).map(({ steps, ...price }) => ({ ...price, steps: steps && [...steps] })),
  'recomputed-costs': ({ moose, signal }) => moose.recomputeCosts(signal),
  circuits: ({ moose }) => moose.circuits(),
  circuit: ({ moose }, { key }) => moose.circuit(key),
  summary: ({ moose }, { day }) => moose.summary(day),
  project: ({ moose }, { name }) => moose.projects.one(name),
  setting: ({ moose }, { key }) => moose.settings.one(key),
  'recovery-table': async ({ moose }) => {
    const { policies, ...rest } = await moose.settings.recovery();
    const sent = policies.map(({ delaysMs, ...row }) => ({
      ...row,
      ...(delaysMs ? { delaysMs: [...delaysMs] } : {}),
    }));
    return { ...rest, policies: sent };
  },
  forges: ({ moose }) => moose.forges.list(),
  'forge-add': ({ moose, recorded }, given) =>
    recorded('forge.add', given.host, () => moose.forges.add(given)),
  'forge-remove': ({ moose, recorded }, { host }) =>
    recorded('forge.remove', host, () => moose.forges.remove(host)),
  'forge-check': ({ moose, signal }, { of }) => moose.forges.check(of, signal),
  'variables-key': ({ moose }) => moose.projects.variables.key(),
  'variables-rotate': ({ moose, recorded }) =>
    recorded('project.variable.rotate', 'all projects', () => moose.projects.variables.rotate()),
};

export function addCalls(api: Api, { database }: Pick<ApiDeps, 'database'>): void {
  for (const name of Object.keys(calls) as CallName[]) addCall(api, database, name);
}

function addCall<Name extends CallName>(api: Api, database: ApiDeps['database'], name: Name): void {
  api.openapi(callRoute(name), async (c) => {
    // Without a JSON content type, the validator would accept an empty question.
    if (!isJson(c.req.header('content-type') ?? '')) throw new HTTPException(415);
    const signal = c.get('signal');
    const by = c.get('caller').actor;
    const asked: Asked = {
      moose: c.get('moose'),
      signal,
      recorded: (act, subject, change) => audited(database, { by, act, subject, detail: {} }, signal, change),
    };
    const answer: unknown = await answers[name](asked, c.req.valid('json') as CallInput<Name>);
    return c.json(z.encode(calls[name].output as z.ZodType, answer), 200);
  });
}

/** Leaves out undefined members. */
function definedOnly<Given extends object>(
  given: Given,
): { [Key in keyof Given]: Exclude<Given[Key], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Given]: Exclude<Given[Key], undefined> };
}
