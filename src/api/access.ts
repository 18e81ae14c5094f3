// Signing in and out, the identity of the caller, and tokens.

import type { Me } from '../contract/contract.ts';
import type { TokenView } from '../engine/access/ask-tokens.ts';
import { writeAudit } from '../engine/access/write-audit.ts';
import { endWebSession } from '../store/access/web-sessions.ts';
import type { Database } from '../store/database.ts';
import type { Api } from './app.ts';
import type { Gate } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { isSecure } from './check-origin.ts';
import { createToken, me, revokeToken, signIn, signOut, tokens } from './routes/access.ts';
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
    const { actor, sessionId } = c.get('caller');
    if (sessionId !== null) {
      await database.transaction(async (query) => {
        await writeAudit(query, { actor, act: 'session.end', subject: sessionId });
        await endWebSession(query, sessionId);
      }, c.get('signal'));
    }
    c.header('set-cookie', noSessionCookie(isSecure(c.req.raw.headers, deps)));
    return c.body(null, 204);
  });
  api.openapi(me, async (c) => {
    const { headers } = c.req.raw;
    const secret = c.get('caller').sessionId === null ? null : sessionSecretIn(headers);
    // Renews the cookie, which lives as long as the session.
    if (secret !== null) c.header('set-cookie', sessionCookie(secret, isSecure(headers, deps)));
    return c.json(await meOf(c.get('caller')), 200);
  });
  addTokens(api);
}

function addTokens(api: Api): void {
  api.openapi(tokens, async (c) => {
    const all = await c.get('moose').tokens.list();
    return c.json({ items: all.map(tokenOf) }, 200);
  });
  api.openapi(createToken, async (c) => {
    const made = await c.get('moose').tokens.create(c.req.valid('json'));
    return c.json({ ...tokenOf(made), token: made.token }, 201);
  });
  api.openapi(revokeToken, async (c) => {
    const revoked = await c.get('moose').tokens.revoke(c.req.valid('param').id);
    return c.json(tokenOf(revoked), 200);
  });
}

function tokenOf({ id, name, role, person, ...token }: TokenView) {
  return {
    id,
    name,
    role,
    person,
    created_by: token.createdBy,
    created_at: token.createdAt.toISOString(),
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    revoked_at: token.revokedAt?.toISOString() ?? null,
  };
}
