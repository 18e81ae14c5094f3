// What each request goes through: where it comes from, who sends it, what is in it; then the call, and its answer.
import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { type MooseError, PermanentError, TransientError } from '../domain/failure.ts';
import type { ErrorLog } from '../engine/errors/error-log.ts';
import { toMooseError } from '../engine/errors/to-moose-error.ts';
import type { Moose } from '../engine/moose.ts';
import type { Database } from '../store/database.ts';
import { addAccess } from './access.ts';
import { createGate } from './authenticate.ts';
import { type Caller, roleFor } from './caller.ts';
import { checkOrigin } from './check-origin.ts';
import { addClientManager, type ClientManager } from './client-manager.ts';
import { errorResponse } from './error-answer.ts';
import { addEscalations } from './escalations.ts';
import { addMonitoring } from './monitoring.ts';
import { parseJson, readBody } from './read-json.ts';
import { health, sentinel } from './routes/outside.ts';
import { addSentinel, type SentinelDeps } from './sentinel.ts';
import { addSettings } from './settings.ts';
import { addSpecs } from './specs.ts';
import { addSteering } from './steering.ts';
import { addWorkOrders } from './work-orders.ts';

export interface ApiDeps extends SentinelDeps {
  database: Database;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  version: string;
  /** Where people reach the interface besides loopback; null for nowhere. */
  baseUrl: string | null;
  clientManager: ClientManager;
  /** Moose, as this actor asks it. */
  mooseFor(actor: string): Moose;
  isWorking(): boolean;
  /** Left out: half a second. */
  failureDelayMs?: number;
  /** Left out: 15 seconds. */
  requestMsMax?: number;
}

export interface ApiVariables {
  /** Absent in the few answers that need no token. */
  Variables: { caller: Caller; moose: Moose; signal: AbortSignal };
}
export type Api = OpenAPIHono<ApiVariables>;

/** These take no token: a probe, and what is signed. */
const withoutToken: ReadonlySet<string> = new Set([health.path, sentinel.path]);
/** What takes longer is answered with an error; what it has begun goes on. */
const requestMsUsual = 15_000;
const healthMsMax = 1_000;
const issuesMax = 5;
const strangersEveryMs = 60_000;
const methods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function createApi(deps: ApiDeps): Api {
  const { database, requestMsMax = requestMsUsual } = deps;
  const gate = createGate(database, deps.failureDelayMs);
  const isTold = tellStrangersSparingly();
  const api: Api = new OpenAPIHono<ApiVariables>({
    defaultHook: (result) => {
      if (!result.success) throw requestInvalid(result.error.issues);
    },
  });
  api.onError((thrown, c) => {
    const error = toApiError(thrown);
    const isOurs = error.category !== 'permanent' || error.code === 'UNEXPECTED';
    if (isOurs && isTold(error.code, c.get('caller') !== undefined)) {
      deps.logger.warn({ err: error }, 'a request failed');
      deps.errors.record(error).resolved(false);
    }
    return errorResponse(error);
  });
  api.notFound((c) => errorResponse(pathNotFound(c.req.method, c.req.path)));
  api.use(async (c, next) => {
    // Before the request is looked at: one of another method cannot be made into one.
    if (!methods.has(c.req.method)) throw pathNotFound(c.req.method, c.req.path);
    checkOrigin(c.req.raw.headers, deps);
    c.set('signal', AbortSignal.timeout(requestMsMax));
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  });
  api.use(async (c, next) => {
    const { method, path } = c.req;
    if (!withoutToken.has(path)) {
      const caller = await gate.enter(c.req.raw.headers, roleFor(method), c.get('signal'));
      c.set('caller', caller);
      c.set('moose', deps.mooseFor(caller.actor));
    }
    // A webhook's signature is of its bytes: it reads them itself.
    const hasBody = !['GET', 'HEAD', 'OPTIONS'].includes(method) && path !== sentinel.path;
    if (hasBody) {
      const body = await readBody(c.req.raw);
      if (body.length > 0) parseJson(body);
      c.req.raw = new Request(c.req.raw.url, { method, headers: c.req.raw.headers, body });
    }
    await next();
  });
  addHealth(api, deps);
  addClientManager(api, { ...deps, requestMsMax });
  addSentinel(api, deps);
  addAccess(api, deps);
  addWorkOrders(api, deps);
  addSteering(api, deps);
  addEscalations(api, deps);
  addMonitoring(api, deps);
  addSettings(api, deps);
  addSpecs(api, deps);
  addDocument(api, deps.version);
  return api;
}

/** Who has no token fills neither the disk nor the table of errors: of one kind, one is told of in a minute. */
function tellStrangersSparingly(): (code: string, hasToken: boolean) => boolean {
  const told = new Map<string, number>();
  return (code, hasToken) => {
    if (hasToken) return true;
    const nowMs = performance.now();
    const lastMs = told.get(code) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - lastMs < strangersEveryMs) return false;
    told.set(code, nowMs);
    return true;
  };
}

function addHealth(api: Api, { database, version, isWorking }: ApiDeps): void {
  api.openapi(health, async (c) => {
    const isUp = await database
      .run(
        (query) => query.selectFrom('systemConfig').select('key').limit(1).execute(),
        AbortSignal.timeout(healthMsMax),
      )
      .then(
        () => true,
        () => false,
      );
    const worker = isWorking() ? ('working' as const) : ('starting' as const);
    return isUp
      ? c.json({ status: 'ok' as const, version, database: 'up' as const, worker }, 200)
      : c.json({ status: 'degraded' as const, version, database: 'away' as const, worker }, 503);
  });
}

function addDocument(api: Api, version: string): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  api.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: 'moose_session',
  });
  api.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Moose',
      version,
      description: 'Every error has a stable code, and says what to do about it.',
    },
  });
}

function toApiError(thrown: unknown): MooseError {
  if (thrown instanceof HTTPException) {
    return thrown.status === 415
      ? refused(
          'MEDIA_TYPE_NOT_JSON',
          'The body is not said to be JSON.',
          'Send `Content-Type: application/json`.',
        )
      : refused('REQUEST_INVALID', 'The request cannot be read.', 'Look at `/api/openapi.json`.');
  }
  const isTimeout = thrown instanceof DOMException && thrown.name === 'TimeoutError';
  if (!isTimeout) return toMooseError(thrown, 'api', 'answer');
  return new TransientError({
    code: 'REQUEST_TIMED_OUT',
    component: 'api',
    operation: 'answer',
    message: 'The request could not be answered in time.',
    advice: 'Try again; look at `/healthz` whether the database is there.',
    retryAfterMs: healthMsMax,
  });
}

function requestInvalid(issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>): PermanentError {
  const shown = issues
    .slice(0, issuesMax)
    .map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
  return refused(
    'REQUEST_INVALID',
    `The request is not as it has to be: ${shown.join('; ')}.`,
    'Look at `/api/openapi.json` for what it takes.',
  );
}

function pathNotFound(method: string, path: string): PermanentError {
  return refused(
    'PATH_NOT_FOUND',
    `There is no ${method} ${path.slice(0, 200)}.`,
    'Look at `/api/openapi.json` for what there is.',
  );
}

function refused(code: string, message: string, advice: string): PermanentError {
  return new PermanentError({ code, component: 'api', operation: 'read', message, advice });
}
