// Moose on a server, as the commands use it: each question is an HTTP call (R-DIST-2).
import { randomUUID } from 'node:crypto';
import {
  createdInviteSchema,
  createdTokenSchema,
  driftAnsweredSchema,
  errorSchema,
  type Invite,
  inviteSchema,
  meSchema,
  outputSchema,
  reconciliationSchema,
  sentSchema,
  submittedSchema,
  type Token,
  tokenSchema,
  undoPlanSchema,
  workOrderSchema,
} from '../../contract/contract.ts';
import type { SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { CliMoose } from '../cli-moose.ts';
import { type Asking, anything, askingOf, listOf, segment } from './asking.ts';
import { messageBody, retryBody, submissionBody } from './bodies.ts';
import type { ServerClient } from './client.ts';
import { eventsOver, followOver } from './follow-over.ts';
import { remoteEscalations } from './remote-escalations.ts';
import { remoteFigures } from './remote-figures.ts';
import { remoteProjects, remoteSettings, remoteSpecs } from './remote-projects.ts';
import { remoteSchedules } from './remote-schedules.ts';

/** The ID of a missing value, which is before every event. */
const beforeAll = '0';

export function remoteMoose(client: ServerClient): CliMoose {
  const asking = askingOf(client);
  return {
    ...workOrders(asking),
    ...steering(asking),
    ...remoteFigures(asking),
    escalations: remoteEscalations(asking),
    projects: remoteProjects(asking),
    settings: remoteSettings(asking),
    specs: remoteSpecs(asking),
    tokens: tokens(asking),
    invites: invites(asking),
    schedules: remoteSchedules(asking),
    forges: forges(asking),
    reconcile: reconcileOver(asking),
    errors: errors(asking),
  };
}

function workOrders(asking: Asking) {
  const { call, get } = asking;
  const find: CliMoose['find'] = async (given) => {
    const { id } = await call('work-order', { id: given });
    return { id: id as WorkOrderId };
  };
  return {
    find,
    view: (given) => call('work-order', { id: given }),
    show: (given) => call('work-order-in-full', { id: given }),
    diff: async (given) => (await call('patch', { id: given })).patch,
    follow: (order, options) => followOver(asking, order, options),
    events: (order) => eventsOver(asking, order),
    isSettled: async ({ id }) => (await call('events', { id, after: beforeAll })).is_settled,
    newestEventId: async ({ id }) => (await call('events', { id, after: beforeAll })).newest_id,
    sessions: async ({ id }) =>
      (await call('sessions', { id })).map((session) => ({ ...session, id: session.id as SessionId })),
    liveExecutors: async () => (await get('/api/me', meSchema)).executors,
    workOrders: {
      listed: ({ limit, statuses, project, needsYou, text }) =>
        call('work-orders', { limit, status: statuses?.[0], project, needs_you: needsYou, text }),
      output: (id, { stream, offset }) =>
        get(`/api/sessions/${segment(id)}/output`, outputSchema, {
          query: { stream, offset: String(offset) },
        }),
    },
  } satisfies Partial<CliMoose>;
}

function steering({ call, get, change }: Asking) {
  const path = (id: string, act: string) => `/api/work-orders/${segment(id)}/${act}`;
  const act = (name: string) => (given: string, because?: string) =>
    change('POST', path(given, name), anything, { body: { because } });
  return {
    /** Submitted once, even if the answer was lost and the call is repeated. */
    submit: async (submission) => {
      const given = { body: submissionBody(submission), key: randomUUID() };
      const { work_order, warnings } = await change('POST', '/api/work-orders', submittedSchema, given);
      return { order: { id: work_order.id as WorkOrderId }, warnings };
    },
    send: async (id, message) => {
      const given = { body: messageBody(message), key: randomUUID() };
      return (await change('POST', path(id, 'messages'), sentSchema, given)).read_in;
    },
    retry: async (id, options) => {
      const { id: started } = await change('POST', path(id, 'retry'), workOrderSchema, {
        body: retryBody(options),
      });
      return call('work-order', { id: started });
    },
    undo: async (id) => {
      const { id: whole } = await change('POST', path(id, 'undo'), workOrderSchema, { body: {} });
      return call('work-order', { id: whole });
    },
    undoPlan: async (id) => (await get(path(id, 'undo-plan'), undoPlanSchema)).steps,
    merge: (id) => call('merge', { id }, { asPerson: true }),
    approve: act('approve'),
    pause: act('pause'),
    resume: act('resume'),
    cancel: act('cancel'),
  } satisfies Partial<CliMoose>;
}

function tokens({ get, change }: Asking): CliMoose['tokens'] {
  const tokenOf = ({ created_by, created_at, last_used_at, revoked_at, ...token }: Token) => ({
    id: token.id,
    name: token.name,
    role: token.role,
    person: token.person,
    createdBy: created_by,
    createdAt: new Date(created_at),
    lastUsedAt: last_used_at === null ? null : new Date(last_used_at),
    revokedAt: revoked_at === null ? null : new Date(revoked_at),
  });
  return {
    list: async () => (await get('/api/tokens', listOf(tokenSchema))).items.map(tokenOf),
    create: async (given) => {
      const made = await change('POST', '/api/tokens', createdTokenSchema, { body: given });
      return { ...tokenOf(made), token: made.token };
    },
    revoke: async (id) => tokenOf(await change('DELETE', `/api/tokens/${segment(id)}`, tokenSchema)),
  };
}

function invites({ get, change }: Asking): CliMoose['invites'] {
  const inviteOf = ({ created_by, created_at, expires_at, accepted_at, ...invite }: Invite) => ({
    id: invite.id,
    person: invite.person,
    role: invite.role,
    state: invite.state,
    createdBy: created_by,
    createdAt: new Date(created_at),
    expiresAt: new Date(expires_at),
    acceptedAt: accepted_at === null ? null : new Date(accepted_at),
  });
  return {
    list: async () => (await get('/api/invites', listOf(inviteSchema))).items.map(inviteOf),
    // The server knows under which address people reach it, and who asks.
    create: async (given) => {
      const made = await change('POST', '/api/invites', createdInviteSchema, { body: given });
      return { ...inviteOf(made), link: made.link };
    },
    revoke: async (id) => inviteOf(await change('DELETE', `/api/invites/${segment(id)}`, inviteSchema)),
  };
}

function forges({ call }: Asking): CliMoose['forges'] {
  return {
    list: () => call('forges', {}),
    add: (given) => call('forge-add', given, { asPerson: true }),
    remove: (host) => call('forge-remove', { host }, { asPerson: true }),
    check: (of) => call('forge-check', { of }),
  };
}

function reconcileOver({ get, change }: Asking): CliMoose['reconcile'] {
  const path = '/api/reconcile';
  return {
    latest: (signal) => get(path, reconciliationSchema, { signal }),
    plan: (signal) => get(path, reconciliationSchema, { query: { look: 'true' }, signal }),
    now: () => change('POST', path, reconciliationSchema),
    answer: async (given, answer) =>
      (await change('POST', `${path}/${segment(given)}/answer`, driftAnsweredSchema, { body: { answer } }))
        .items,
  };
}

function errors({ call, get }: Asking): CliMoose['errors'] {
  type Errors = CliMoose['errors'];
  type Found = Awaited<ReturnType<Errors['one']>>;
  return {
    one: async (given) => (await get(`/api/errors/${segment(given)}`, errorSchema)) as Found,
    list: async ({ code: _code, fingerprint: _print, ...question }, limit) =>
      (await call('errors', { ...question, limit })) as Found[],
    groups: ({ code: _code, fingerprint: _print, ...question }) => call('error-groups', question),
    reproduction: async (id, tools) => {
      const { error, reproduction } = await call('reproduction', { id, tools });
      const files = reproduction.files.map(({ content, ...file }) => ({
        ...file,
        content: Buffer.from(content),
      }));
      return { ...reproduction, error: error as Found, files };
    },
  } as Errors;
}
