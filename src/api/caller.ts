// The caller, and what they may do.
import type { ApiRole } from '../store/access/api-tokens.ts';

export interface Caller {
  /** The name in the audit log and the events: `human:ada` for a signed-in person, `api:name` for a program. */
  actor: string;
  name: string;
  role: ApiRole;
  isPerson: boolean;
  tokenId: string;
  /** The ID of the session, for a person with a session cookie. */
  sessionId: string | null;
}
