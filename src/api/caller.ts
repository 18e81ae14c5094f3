// The caller, and what they may do.
import type { ApiRole } from '../store/access/api-tokens.ts';

export interface Caller {
  /** The name in the audit log and the events: `human:ada` for a signed-in person, `api:name` for a program. */
  actor: string;
  name: string;
  /** Whose limits and questions it is: a person's token in the hands of a program counts for the person. */
  requester: string;
  role: ApiRole;
  isPerson: boolean;
  /** The token, or the row of a person who signs in elsewhere. */
  tokenId: string;
  /** The ID of the session, for a person with a session cookie. */
  sessionId: string | null;
  /** A browser or a proxy adds the proof of identity by itself, so another site's page could use it. */
  isAmbient: boolean;
}
