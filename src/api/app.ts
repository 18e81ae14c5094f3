// What each request passes: checks of its origin, its caller and its body; then the call and the answer.
import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import { checkHealth, checkReadiness } from '../contract/operations/health.ts';
import { acceptInvite, lookAtInvite } from '../contract/operations/invites.ts';
import { signIn } from '../contract/operations/sign-in.ts';
import { receiveSlackAction, receiveWebhook } from '../contract/operations/webhooks.ts';
import { systemClock } from '../stdx/clock.ts';
import { addCleanup, type Cleaning, createCleaning } from './cleanup.ts';
import { addClientManager } from './client-manager.ts';
import { addDemo } from './demo.ts';
import { addEscalations } from './escalations.ts';
import { addForges } from './forges.ts';
import { addHealth } from './health.ts';
import { addLive } from './live/live.ts';
import { addMetrics } from './metrics.ts';
import { addMonitoring } from './monitoring.ts';
import { addDocs, type OpenApiDocument } from './pages/api-docs.ts';
import { createWebPages } from './pages/web.ts';
import { addPreviews } from './previews/previews.ts';
import { addProjects } from './projects.ts';
import { addPush } from './push.ts';
import type { Api, ApiVariables } from './request/api.ts';
import type { ApiDeps } from './request/api-deps.ts';
import { createGate, type Gate } from './request/authenticate.ts';
import { createFindOrigin } from './request/came-from.ts';
import { checkOrigin, checkOwnPage } from './request/check-origin.ts';
import { errorResponse, statusOf } from './request/error-answer.ts';
import { replayedHeader } from './request/idempotent.ts';
import { giveLastAnswers } from './request/last-answers.ts';
import { createRateLimit, networkOf } from './request/rate-limit.ts';
import { isJson, parseJson, readBody } from './request/read-json.ts';
import { createRequestAudit } from './request/request-audit.ts';
import {
  nothingHere,
  requestInvalid,
  toApiError,
  warnOfStrangersSparingly,
} from './request/request-errors.ts';
import { createFindRules } from './route-rules.ts';
import { addSchedules } from './schedules.ts';
import { addSentinel } from './sentinel.ts';
import { createTurns } from './serving/turns.ts';
import { addSettings } from './settings.ts';
import { addAccess } from './sign-in/access.ts';
import { addInvites } from './sign-in/invites.ts';
import { cookieName } from './sign-in/session-cookie.ts';
import { addSignInElsewhere } from './sign-in/sign-in-elsewhere.ts';
import { addSlack } from './slack.ts';
import { addSpecRuns } from './spec-runs.ts';
import { addSpecs } from './specs.ts';
import { addSteering } from './steering.ts';
import { addWorkOrders } from './work-orders.ts';

/** Webhooks are signed instead. */
const isWebhook = (path: string) =>
  path === receiveWebhook.path ||
  path === receiveSlackAction.path ||
  path.startsWith(`${receiveWebhook.path}/`);
/** A failed sign-in is delayed where its secret is checked, so a request with a valid one never waits. */
const unlimited: ReadonlySet<string> = new Set(
  [checkHealth, checkReadiness, signIn, acceptInvite, lookAtInvite].map(({ path }) => path),
);
/** A request that takes longer gets an error; what it has started continues. */
const defaultRequestMs = 15_000;
const planMsMax = 15_000;
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** The rate for one token, with all its sessions, and for one address if no token is needed. */
const defaultRate = { perSecond: 100, burst: 300 };
/**
 * Of the 16 connections to the database, the others stay for the work, and for checking tokens. One person alone gets
 * eight; a page sends six requests at once.
 */
const defaultTurns = { atOnceMax: 15, waitingMax: 300 };

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function gateOf({ database, baseUrl, failureDelayMs, signInRate, signIn: proxied }: ApiDeps): Gate {
  return createGate(database, { baseUrl, failureDelayMs, signInRate, proxied });
}

export function cleaningOf({ logger, errors, inner }: ApiDeps): Cleaning {
  return createCleaning(systemClock, inner === undefined ? planMsMax : null, (cause) => {
    const error = toApiError(cause);
    logger.warn({ err: error }, 'clean-up failed');
    errors.record(error).resolved(false);
  });
}

/** @param cleaning - a server keeps it, to stop it at its end. */
export function createApi(
  deps: ApiDeps,
  gate: Gate = gateOf(deps),
  cleaning: Cleaning = cleaningOf(deps),
): Api {
  const { requestMsMax = defaultRequestMs } = deps;
  const originOf = createFindOrigin(deps.trustedProxies);
  const api: Api = new OpenAPIHono<ApiVariables>({
    defaultHook: (result) => {
      if (!result.success) throw requestInvalid(result.error.issues);
    },
  });
  answerErrors(api, deps);
  api.use(async (c, next) => {
    if (deps.onlyPaths !== undefined && !deps.onlyPaths.has(c.req.path))
      throw nothingHere(c.req.method, c.req.path, []);
    if (deps.onlyPaths === undefined && deps.inner === undefined) checkOrigin(c.req.raw.headers, deps);
    // A request with an invalid method cannot be constructed.
    if (!['HEAD', ...methods].includes(c.req.method)) throw nothingAt(api, c.req);
    c.set('signal', deps.inner ? c.req.raw.signal : AbortSignal.timeout(requestMsMax));
    c.set('from', originOf(c.req.raw.headers, connectionOf(c.env)));
    await next();
    for (const [name, value] of Object.entries(headers))
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  });
  api.use(giveLastAnswers(deps, deps.lastAnswers));
  letIn(api, deps, gate);
  addHealth(api, deps);
  addClientManager(api, { ...deps, requestMsMax });
  addSentinel(api, deps);
  addSlack(api, deps);
  addAccess(api, deps, gate);
  addInvites(api, deps, gate);
  addPush(api);
  addSignInElsewhere(api, deps, gate);
  addProjects(api);
  addForges(api);
  addWorkOrders(api);
  addSteering(api, deps);
  addPreviews(api);
  addEscalations(api);
  addMonitoring(api, deps);
  addCleanup(api, cleaning);
  addSettings(api);
  addSchedules(api, deps);
  addSpecs(api, deps);
  addSpecRuns(api);
  addDemo(api, deps);
  addLive(api);
  if (deps.metrics) addMetrics(api, deps.metrics);
  addDocument(api, deps.version);
  return api;
}

/** The address at the other end of the connection. */
function connectionOf(env: unknown): string | undefined {
  return (env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket
    ?.remoteAddress;
}

/** A refused request is not a failure of Moose, but operators must notice guessed tokens and lost webhooks. */
const reportedRefusals: ReadonlySet<string> = new Set(['TOO_MANY_FAILED_LOGINS', 'WEBHOOKS_NOT_CONFIGURED']);

function answerErrors(api: Api, { logger, errors, inner, webDirectory = null }: ApiDeps): void {
  const isTold = warnOfStrangersSparingly();
  const pages = webDirectory === null ? null : createWebPages(webDirectory);
  api.onError((thrown, c) => {
    if (inner !== undefined) throw thrown;
    const error = toApiError(thrown);
    if (
      (statusOf(error) >= 500 || reportedRefusals.has(error.code)) &&
      isTold(error.code, c.get('caller') !== undefined)
    ) {
      logger.warn({ err: error }, 'request failed');
      errors.record(error).resolved(false);
    }
    return errorResponse(error);
  });
  api.notFound(async (c) => {
    const page = isPage(api, c.req) ? await pages?.answer(c.req.path, c.req.raw.headers) : null;
    if (page) return page;
    const nothing = nothingAt(api, c.req);
    if (inner !== undefined) throw nothing;
    return errorResponse(nothing);
  });
}

function letIn(api: Api, deps: ApiDeps, gate: Gate): void {
  const callers = createRateLimit(deps.rate ?? defaultRate);
  const strangers = createRateLimit(deps.rate ?? defaultRate);
  const turns = createTurns(defaultTurns);
  const rulesFor = createFindRules(api);
  api.use(async (c, next) => {
    const { method, path } = c.req;
    const given = c.req.raw.headers;
    const { role, audit: act } = rulesFor(method, path);
    if (role === null || isPage(api, c.req)) {
      if (!unlimited.has(path)) strangers.take(networkOf(c.get('from').client));
    } else {
      const caller = deps.inner?.caller ?? (await gate.enter(given, role, c.get('signal'), c.get('from')));
      if (caller.isAmbient) checkOwnPage(method, given);
      if (caller.tokenId !== null) callers.take(caller.tokenId);
      c.set('caller', caller);
      c.set('moose', deps.mooseFor(caller.actor, caller.requester));
    }
    // A webhook's signature covers its bytes, so its route reads them itself.
    if (!['GET', 'HEAD'].includes(method) && !isWebhook(path)) {
      const body = await readBody(c.req.raw);
      if (body.length > 0) {
        if (!isJson(given.get('content-type') ?? '')) throw new HTTPException(415);
        parseJson(body);
      }
      c.req.raw = new Request(c.req.raw.url, { method, headers: given, body });
    }
    const caller = c.get('caller');
    if (caller === undefined) return next();
    const audit = createRequestAudit(deps.database, { act, caller }, () => c.get('signal'));
    c.set('audit', audit);
    await turns.run(caller.requester, next, c.get('signal'));
    if (!c.res.ok || audit.isComplete() || c.res.headers.has(replayedHeader)) return;
    throw new TypeError(`${method} ${path} changed something without a row in the audit log`);
  });
}

/** The methods that exist at a path. */
function methodsAt(api: Api, path: string): string[] {
  return methods
    .filter((method) => api.router.match(method, path)[0].some(([[, route]]) => route.method === method))
    .flatMap((method) => (method === 'GET' ? [method, 'HEAD'] : [method]));
}

/** The pages contain no data: permission is checked when they request it. */
function isPage(api: Api, { method, path }: { method: string; path: string }): boolean {
  if (!['GET', 'HEAD'].includes(method) || /^\/(api|metrics)(\/|$)/.test(path)) return false;
  return methodsAt(api, path).length === 0;
}

function nothingAt(api: Api, { method, path }: { method: string; path: string }) {
  return nothingHere(method, path, methodsAt(api, path));
}

function addDocument(api: Api, version: string): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  api.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: cookieName,
    description: `Over TLS, its name is \`__Host-${cookieName}\`.`,
  });
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Moose',
      version,
      description: 'Every error has a stable code and says what to do about it.',
    },
  };
  api.doc31('/api/openapi.json', document);
  addDocs(api, () => api.getOpenAPI31Document(document) as unknown as OpenApiDocument);
}
