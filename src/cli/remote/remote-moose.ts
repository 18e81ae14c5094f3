// Moose on a server, as the commands use it: each question is an HTTP call (R-DIST-2).
import { randomUUID } from 'node:crypto';
import {
  createdInviteSchema,
  createdTokenSchema,
  diffSchema,
  driftAnsweredSchema,
  errorGroupsSchema,
  errorPage,
  errorSchema,
  forgeChecksSchema,
  forgeHostSchema,
  forgesSchema,
  type Invite,
  inviteSchema,
  mergedSchema,
  meSchema,
  outputSchema,
  previewSchema,
  reconciliationSchema,
  removedForgeSchema,
  reproductionSchema,
  sentSchema,
  sessionsOfWorkOrderSchema,
  submittedSchema,
  type Token,
  tokenSchema,
  undoPlanSchema,
  workOrderPage,
  workOrderRecordSchema,
  workOrderSchema,
} from '../../contract/contract.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { CliMoose } from '../cli-moose.ts';
import {
  type Asking,
  anything,
  askingOf,
  listOf,
  messageBody,
  retryBody,
  segment,
  submissionBody,
} from './asking.ts';
import type { ServerClient } from './client.ts';
import { eventsNow, eventsOver, followOver } from './follow-over.ts';
import { listOver } from './list-over.ts';
import { remoteEscalations } from './remote-escalations.ts';
import { remoteFigures } from './remote-figures.ts';
import { remoteProjects, remoteSettings, remoteSpecs } from './remote-projects.ts';
import { remoteSchedules } from './remote-schedules.ts';

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
  const { get } = asking;
  const view: CliMoose['view'] = (given) => get(`/api/work-orders/${segment(given)}`, workOrderSchema);
  const find: CliMoose['find'] = async (given) => {
    const { id } = await view(given);
    return { id: id as WorkOrderId };
  };
  return {
    find,
    view,
    show: (given) => get(`/api/work-orders/${segment(given)}/record`, workOrderRecordSchema),
    diff: (given) => get(`/api/work-orders/${segment(given)}/diff`, diffSchema, { query: { whole: 'true' } }),
    follow: (order, options) => followOver(asking, order, options),
    events: (order) => eventsOver(asking, order),
    isSettled: async (order) => (await eventsNow(asking, order)).is_settled,
    newestEventId: async (order) => (await eventsNow(asking, order)).newest_id,
    sessions: async ({ id }) =>
      (await get(`/api/work-orders/${segment(id)}/sessions`, sessionsOfWorkOrderSchema)).items,
    liveExecutors: async () => (await get('/api/me', meSchema)).executors,
    workOrders: {
      listed: ({ limit, statuses, project, needsYou, text }) =>
        listOver(asking, '/api/work-orders', workOrderPage, {
          query: { status: statuses?.join(','), project, needs_you: needsYou?.toString(), q: text },
          itemsMax: limit,
        }),
      output: (id, { stream, offset }) =>
        get(`/api/sessions/${segment(id)}/output`, outputSchema, {
          query: { stream, offset: String(offset) },
        }),
    },
  } satisfies Partial<CliMoose>;
}

function steering({ get, change }: Asking) {
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
    preview: (id, service) =>
      change('POST', path(id, 'preview'), previewSchema, {
        body: service === undefined ? {} : { service },
      }),
    retry: (id, options) => {
      return change('POST', path(id, 'retry'), workOrderSchema, { body: retryBody(options) });
    },
    undo: (id) => change('POST', path(id, 'undo'), workOrderSchema, { body: {} }),
    undoPlan: async (id) => (await get(path(id, 'undo-plan'), undoPlanSchema)).steps,
    merge: async (id) => (await change('POST', path(id, 'merge'), mergedSchema, { body: {} })).merge,
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

function forges({ get, change }: Asking): CliMoose['forges'] {
  const path = '/api/forges';
  return {
    list: async () => (await get(path, forgesSchema)).items,
    add: (given) => change('POST', path, forgeHostSchema, { body: given }),
    remove: (host) => change('DELETE', `${path}/${segment(host)}`, removedForgeSchema),
    check: async (of) =>
      (await get(`${path}/check`, forgeChecksSchema, { method: 'POST', body: { of } })).items,
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

function errors({ get }: Asking): CliMoose['errors'] {
  return {
    one: (given) => get(`/api/errors/${segment(given)}`, errorSchema),
    list: (asked, itemsMax) => listOver({ get }, '/api/errors', errorPage, { query: asked, itemsMax }),
    groups: (asked) => get('/api/error-groups', errorGroupsSchema, { query: asked }),
    reproduction: (id, asked) =>
      get(`/api/errors/${segment(id)}/reproduction`, reproductionSchema, { query: asked }),
  };
}
