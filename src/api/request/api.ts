import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Moose } from '../../engine/moose.ts';
import type { Caller } from './caller.ts';
import type { CameFrom } from './came-from.ts';
import type { RequestAudit } from './request-audit.ts';

export interface ApiVariables {
  /** Absent in the few answers that need no token. */
  Variables: { caller: Caller; moose: Moose; audit: RequestAudit; signal: AbortSignal; from: CameFrom };
}

export type Api = OpenAPIHono<ApiVariables>;
