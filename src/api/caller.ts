// Who asks, and what they may do.
import type { ApiRole } from '../store/access/api-tokens.ts';

export interface Caller {
  /** As the audit log and the events have it: `human:ada` for a person who has signed in, `api:name` for a program. */
  actor: string;
  name: string;
  role: ApiRole;
  isPerson: boolean;
  tokenId: string;
  /** Of a person who came by cookie. */
  sessionId: string | null;
}
