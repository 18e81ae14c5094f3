// The caller, and what they may do.
import type { ApiRole } from '../store/access/api-tokens.ts';

export interface Caller {
  /** As in the audit log and the events: `human:ada` for a signed-in person, `api:name` for a program. */
  actor: string;
  name: string;
  role: ApiRole;
  isPerson: boolean;
  tokenId: string;
  /** For a person with a cookie. */
  sessionId: string | null;
}
