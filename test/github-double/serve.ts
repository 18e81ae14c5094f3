import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate } from './authenticate.ts';
import type { Answer, Call, Routes } from './call.ts';
import { completeAnswer, type Found, faultsOfAnswer, faultsOfRequest, findOperation } from './contract.ts';
import { settle } from './merge.ts';
import { isInWindow, limitHeaders, limitPerHour, resetOf } from './rate-limit.ts';
import { Refusal } from './refusal.ts';
import { refuseWithoutRights } from './rights.ts';
import type { Token } from './state.ts';
import type { World } from './world.ts';

// One REST call, from the parsed request to the answer. What the description does not allow is 500 and a fault of the
// test: GitHub would ignore most of it in silence.

export interface Request {
  method: string;
  /** Without `/api/v3`. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Undefined if there is none. */
  text: string | undefined;
}

export interface Served extends Answer {
  key: string | null;
  login: string | null;
  parsed: unknown;
}

export function serveRest(
  world: World,
  routes: Routes,
  request: Request,
  onFault: (fault: string) => void,
): Served {
  const found = findOperation(request.method, request.path);
  const served: Served = { status: 500, key: found?.key ?? null, login: null, parsed: undefined };
  const complain = (faults: readonly string[], what: string): Answer => {
    for (const fault of faults) onFault(`${request.method} ${request.path}: ${what}: ${fault}`);
    return { status: 500, body: { message: `The double of GitHub: ${what}: ${faults.join('; ')}` } };
  };
  const route = found && routes[found.key];
  if (!found || !route) {
    return { ...served, ...complain([`${request.method} ${request.path} is not known`], 'operation') };
  }
  try {
    const { body, wrong } = parsedBody(request.text);
    if (wrong) throw new Refusal(400, 'Problems parsing JSON');
    served.parsed = body;
    refuseHeaders(request);
    const { token, app } = authenticate(world, request.headers.authorization);
    served.login = token?.user.login ?? app?.slug ?? null;
    spend(token, world);
    const faults = faultsOfRequest(found, request.query, body);
    if (faults.length > 0) return { ...served, ...complain(faults, 'request') };
    const url = `/api/v3${request.path}?${request.query}`;
    const call: Call = {
      world,
      key: found.key,
      params: found.params,
      query: request.query,
      body,
      token,
      appId: app?.id ?? null,
      url,
    };
    const repository = world.repositories.get(`${found.params.owner}/${found.params.repo}`.toLowerCase());
    if (repository && !app) refuseWithoutRights(call, repository);
    const answer = route(call);
    if (request.method !== 'GET' && repository) settle(world, repository);
    const complete = completeAnswer(found, answer.status, answer.body);
    const wrongAnswer = faultsOfAnswer(found, answer.status, complete);
    if (wrongAnswer.length > 0) return { ...served, ...complain(wrongAnswer, `answer ${answer.status}`) };
    return { ...served, ...conditional(world, request, token, { ...answer, body: complete }) };
  } catch (cause) {
    if (!(cause instanceof Refusal))
      return { ...served, ...complain([String((cause as Error).stack)], 'fault of the double') };
    return { ...served, ...refused(cause, found, complain) };
  }
}

function refused(
  refusal: Refusal,
  found: Found,
  complain: (faults: readonly string[], what: string) => Answer,
): Answer {
  const body = refusal.body(found.operation.docs);
  const wrong = faultsOfAnswer(found, refusal.status, body);
  if (wrong.length > 0) return complain(wrong, `answer ${refusal.status}`);
  return { status: refusal.status, body, headers: refusal.headers };
}

function parsedBody(text: string | undefined): { body?: unknown; wrong?: true } {
  if (text === undefined || text === '') return {};
  try {
    return { body: JSON.parse(text) as unknown };
  } catch {
    return { wrong: true };
  }
}

const apiVersions = ['2022-11-28'];
const accepted = /^(\*\/\*|application\/json|application\/vnd\.github(\.v3)?(\.(raw|text|html|full))?\+json)/;

function refuseHeaders({ headers }: Request): void {
  if (!headers['user-agent']) {
    throw new Refusal(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
    );
  }
  const version = headers['x-github-api-version'];
  if (version !== undefined && !apiVersions.includes(String(version))) {
    throw new Refusal(400, `"${version}" is not a supported version.`);
  }
  if (headers.accept !== undefined && !accepted.test(headers.accept)) {
    throw new Refusal(415, "Unsupported 'Accept' header: Must accept 'application/json'.");
  }
}

function spend(token: Token | null, world: World): void {
  if (!token) return;
  if (!isInWindow(token, world.now()))
    Object.assign(token, { window: resetOf(token, world.now()), left: limitPerHour });
  if (token.left <= 0) {
    const message = `API rate limit exceeded for user ID ${token.user.id}.`;
    throw new Refusal(403, message, { headers: limitHeaders(token, world.now()) });
  }
  token.left -= 1;
}

/** An answer that the client has already is 304 and costs nothing. */
function conditional(world: World, request: Request, token: Token | null, answer: Answer): Answer {
  const headers: Record<string, string> = { ...answer.headers };
  if (request.method === 'GET' && answer.status === 200) {
    const text = JSON.stringify(answer.body) + (headers.link ?? '');
    headers.etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
    if (sameTag(request.headers['if-none-match'], headers.etag)) {
      if (token) token.left += 1;
      return { status: 304, headers: { ...headers, ...limitHeaders(token, world.now()) } };
    }
  }
  const expires =
    token?.expiresAt && !token.installation
      ? {
          'github-authentication-token-expiration': `${token.expiresAt.toISOString().replace('T', ' ').slice(0, 19)} UTC`,
        }
      : {};
  return { ...answer, headers: { ...headers, ...limitHeaders(token, world.now()), ...expires } };
}

function sameTag(given: string | undefined, etag: string): boolean {
  return given !== undefined && given.replace(/^W\//, '') === etag.replace(/^W\//, '');
}

export function write(response: ServerResponse, { status, body, headers }: Answer): void {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const bytes = body === undefined ? '' : isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(body !== undefined && { 'content-type': type }),
    'x-github-request-id': 'D0:BLE',
    'x-github-media-type': 'github.v3; format=json',
    ...headers,
  });
  response.end(bytes);
}
