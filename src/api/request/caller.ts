// The caller, and what they may do.

import { type ApiRole, apiRoles } from '../../domain/people/api-role.ts';
import { apiFailures } from '../failure-catalogue.ts';

export interface Caller {
  /** The name in the audit log and the events: `human:ada` for a signed-in person, `api:name` for a program. */
  actor: string;
  name: string;
  /**
   * The person whose limits apply, and who gets the questions: a person's token counts for the person, even
   * if a program uses it.
   */
  requester: string;
  role: ApiRole;
  isPerson: boolean;
  /** The token, or the row of a person who signs in elsewhere; null for a caller in this process. */
  tokenId: string | null;
  /** The ID of the session, for a person with a session cookie. */
  sessionId: string | null;
  /** A browser or a proxy adds the proof of identity automatically, so another site's page could use it. */
  isAmbient: boolean;
  /** For a caller in this process: what it is. */
  via?: 'cli' | 'mcp';
}

/** @throws PermanentError `ROLE_TOO_LOW` */
export function assertRole({ name, role: has, isPerson }: Caller, role: ApiRole): void {
  if (apiRoles.indexOf(has) >= apiRoles.indexOf(role)) return;
  const who = isPerson ? `${name} has` : `the token "${name}" has`;
  throw apiFailures.ROLE_TOO_LOW('authenticate', { role, who, has });
}
