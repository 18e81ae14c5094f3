import type { Moose } from '../engine/moose.ts';

/** What an assistant asks of Moose, answered by the local database or by a server over HTTP (`MOOSE_URL`). */
export interface McpMoose extends Pick<Moose, 'send'> {
  submit(submission: Parameters<Moose['submit']>[0]): Promise<{ order: { id: string }; warnings: string[] }>;
  retry(given: string, options: Parameters<Moose['retry']>[1]): Promise<{ id: string }>;
  pause(given: string, because?: string): Promise<unknown>;
  resume(given: string, because?: string): Promise<unknown>;
  cancel(given: string): Promise<unknown>;
  workOrders: Pick<Moose['workOrders'], 'one' | 'page' | 'detail'>;
  escalations: Pick<Moose['escalations'], 'page' | 'answerOnce'>;
  projects: { variables: Pick<Moose['projects']['variables'], 'list'> };
}
