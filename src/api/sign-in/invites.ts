// Invites: admins create, list and revoke them; the invited person looks at one and accepts it, without a
// token. Whoever guesses is answered late, as with wrong tokens, and never learns whether there are invites.

import {
  acceptInvite,
  createInvite,
  listInvites,
  lookAtInvite,
  revokeInvite,
} from '../../contract/operations/invites.ts';
import { PermanentError } from '../../domain/failure.ts';
import { personOf } from '../../domain/people/person.ts';
import * as access from '../../engine/access/accept-invite.ts';
import { writeAudit } from '../../engine/access/write-audit.ts';
import type { Invite } from '../../store/access/invites.ts';
import type { Database } from '../../store/database.ts';
import type { Api } from '../request/api.ts';
import type { Gate } from '../request/authenticate.ts';
import type { CameFrom } from '../request/came-from.ts';
import { isSecure } from '../request/check-origin.ts';
import { warnOfStrangersSparingly } from '../request/request-errors.ts';
import { sessionCookie } from './session-cookie.ts';

interface Deps {
  database: Database;
  baseUrl: string | null;
  inner?: { ownUrl(): Promise<string> };
}

export function addInvites(api: Api, deps: Deps, gate: Gate): void {
  const { database } = deps;
  const noteRefused = noteRefusedIn(database);
  api.openapi(listInvites, async (c) => {
    const all = await c.get('moose').invites.list();
    return c.json({ items: all.map(inviteOf) }, 200);
  });
  api.openapi(createInvite, async (c) => {
    // People on other machines open the link, so the public address comes first. The host was checked before.
    const url = deps.baseUrl ?? (await deps.inner?.ownUrl()) ?? `http://${c.req.header('host')}`;
    const { tokenId: inviterId } = c.get('caller');
    const wish = c.req.valid('json');
    const { person: subject, daily_usd = null, ...rest } = wish;
    const made = await c
      .get('audit')
      .write({ subject, detail: { ...rest, daily_usd } }, () =>
        c.get('moose').invites.create(wish, { url, inviterId }),
      );
    return c.json({ ...inviteOf(made), link: made.link }, 201);
  });
  api.openapi(revokeInvite, async (c) => {
    const { invites: kept } = c.get('moose');
    const { id, person: subject } = await kept.one(c.req.valid('param').id);
    const revoked = await c.get('audit').write({ subject, detail: { id } }, () => kept.revoke(id));
    return c.json(inviteOf(revoked), 200);
  });
  api.openapi(lookAtInvite, async (c) => {
    const { secret } = c.req.valid('json');
    const signal = c.get('signal');
    const look = () => access.lookAtInvite(database, secret, signal);
    const looking = gate.lookups.find(secret, c.get('from'), look, signal);
    const { person, role, createdBy, expiresAt } = await looking.catch(late(gate, signal, c.get('from')));
    const invited_by = personOf(createdBy);
    const now = await gate.personIn(c.req.raw.headers, signal);
    const replaces = now === person ? null : now;
    return c.json({ person, role, invited_by, expires_at: expiresAt.toISOString(), replaces }, 200);
  });
  api.openapi(acceptInvite, async (c) => {
    const { headers } = c.req.raw;
    const signal = c.get('signal');
    const { secret: given } = c.req.valid('json');
    const accept = () => access.acceptInvite(database, given, signal).catch(noteRefused);
    const accepting = gate.lookups.find(given, c.get('from'), accept, signal);
    const { token, secret } = await accepting.catch(late(gate, signal, c.get('from')));
    const session = await gate.openSession(token, token.person, { headers }, signal);
    c.header('set-cookie', sessionCookie(session.secret, isSecure(headers, deps)));
    return c.json({ person: token.person, role: token.role, token: secret }, 200);
  });
}

const lateCodes: ReadonlySet<string> = new Set(['INVITE_INVALID', 'INVITE_OVER']);

/** An old link that somebody tries may be a stolen one. At most one row a minute for each invite. */
function noteRefusedIn(database: Database) {
  const isTold = warnOfStrangersSparingly();
  return async (cause: unknown): Promise<never> => {
    if (cause instanceof PermanentError && cause.code === 'INVITE_OVER') {
      const { id, person, state } = cause.metadata;
      const entry = { actor: 'moose:invite', act: 'invite.accept.refused', subject: String(person) };
      if (isTold(String(id), false))
        await database.run((query) => writeAudit(query, { ...entry, detail: { id, state } }));
    }
    throw cause;
  };
}

/** Delays the answer to somebody who guesses, or has an old link. */
function late(gate: Gate, signal: AbortSignal, from: CameFrom) {
  return async (cause: unknown): Promise<never> => {
    if (!(cause instanceof PermanentError) || !lateCodes.has(cause.code)) throw cause;
    return gate.refuse(cause, signal, from);
  };
}

function inviteOf({ id, person, role, state, ...invite }: Invite) {
  return {
    id,
    person,
    role,
    state,
    created_by: invite.createdBy,
    created_at: invite.createdAt.toISOString(),
    expires_at: invite.expiresAt.toISOString(),
    accepted_at: invite.acceptedAt?.toISOString() ?? null,
  };
}
