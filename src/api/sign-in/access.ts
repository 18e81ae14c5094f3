// Signing in and out, the identity of the caller, and tokens.
import type { Me } from '../../contract/contract.ts';
import {
  createToken,
  listTokens,
  revokeToken,
  showMe,
  signIn,
  signOut,
} from '../../contract/operations/sign-in.ts';
import { endWebSession } from '../../store/access/web-sessions.ts';
import type { Database } from '../../store/database.ts';
import type { Api } from '../request/api.ts';
import type { Gate } from '../request/authenticate.ts';
import type { Caller } from '../request/caller.ts';
import { isSecure } from '../request/check-origin.ts';
import { noSessionCookie, sessionCookie, sessionSecretIn } from './session-cookie.ts';

interface Deps {
  database: Database;
  version: string;
  baseUrl: string | null;
  isScripted?(): boolean;
  demo?: object;
  mooseFor(actor: string): { liveExecutors(): Promise<number> };
}

export function addAccess(api: Api, deps: Deps, gate: Gate): void {
  const { database, version, isScripted = () => false, mooseFor } = deps;
  const isDemo = deps.demo !== undefined;
  const meOf = async ({ actor, name, role, isPerson }: Caller): Promise<Me> => {
    const executors = await mooseFor(actor).liveExecutors();
    const kind = { is_scripted: isScripted(), is_demo: isDemo };
    return { actor, name, role, is_person: isPerson, version, executors, ...kind };
  };
  api.openapi(signIn, async (c) => {
    const { headers } = c.req.raw;
    const { token, brief = false, keep = false } = c.req.valid('json');
    const request = { headers, from: c.get('from'), isBrief: brief, isKept: keep };
    const { caller, secret } = await gate.signIn(token, request, c.get('signal'));
    c.header('set-cookie', sessionCookie(secret, isSecure(headers, deps)));
    return c.json(await meOf(caller), 200);
  });
  api.openapi(signOut, async (c) => {
    const { sessionId } = c.get('caller');
    const end = (id: string) => database.run((query) => endWebSession(query, id), c.get('signal'));
    if (sessionId === null) c.get('audit').skip();
    else await c.get('audit').write({ subject: sessionId }, () => end(sessionId));
    c.header('set-cookie', noSessionCookie(isSecure(c.req.raw.headers, deps)));
    return c.body(null, 204);
  });
  api.openapi(showMe, async (c) => {
    const { headers } = c.req.raw;
    const secret =
      c.get('caller').sessionId === null ? null : sessionSecretIn(headers, isSecure(headers, deps));
    // Renews the cookie, which lives as long as the session.
    if (secret !== null) c.header('set-cookie', sessionCookie(secret, isSecure(headers, deps)));
    return c.json(await meOf(c.get('caller')), 200);
  });
  addTokens(api);
}

function addTokens(api: Api): void {
  api.openapi(listTokens, async (c) => {
    return c.json({ items: await c.get('moose').tokens.list() }, 200);
  });
  api.openapi(createToken, async (c) => {
    const wish = c.req.valid('json');
    const { name: subject, role, person = null } = wish;
    const entry = { subject, detail: { role, person } };
    const made = await c.get('audit').write(entry, () => c.get('moose').tokens.create(wish));
    return c.json(made, 201);
  });
  api.openapi(revokeToken, async (c) => {
    const { tokens: kept } = c.get('moose');
    const { id, name: subject } = await kept.one(c.req.valid('param').id);
    const revoked = await c.get('audit').write({ subject, detail: { id } }, () => kept.revoke(id));
    return c.json(revoked, 200);
  });
}
