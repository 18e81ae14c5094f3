// For tests: the interface on its own port, on a real database, with nothing behind it except what a test sets up.
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { PermanentError } from '../domain/failure.ts';
import type { ApiRole } from '../domain/people/api-role.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { scratchRepository } from '../git/scratch-repository.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import { addToken, newToken } from '../store/access/api-tokens.ts';
import type { Database } from '../store/database.ts';
import { projectOf } from '../store/work/projects/projects.ts';
import type { ApiDeps } from './request/api-deps.ts';
import { type ApiServer, startServer } from './serving/server.ts';

export interface ApiGround {
  server: ApiServer;
  database: Database;
  tokens: Record<ApiRole, string>;
  /** The codes of the errors that were recorded. */
  recorded: string[];
  /** Sends the admin's token, unless `init` says otherwise. */
  call(path: string, init?: RequestInit): Promise<{ status: number; body: unknown; headers: Headers }>;
  /** Makes a repository that is a project already; returns its path. */
  addedRepository(): Promise<string>;
}

const known = { agentNames: ['patch'], assertModel: async () => undefined };
export async function apiGround(given: Partial<ApiDeps> = {}): Promise<ApiGround> {
  const database = given.database ?? (await testDatabase());
  const recorded: string[] = [];
  const nothing = async (): Promise<never> => {
    throw new PermanentError({ code: 'NOTHING_HERE', component: 'test', operation: 'test', message: 'No.' });
  };
  const server = await startServer(
    {
      database,
      logger: pino({ level: 'silent' }),
      errors: {
        record: ({ code }) => {
          recorded.push(code);
          return { id: '', resolved: () => undefined };
        },
      },
      version: '0.0.0',
      baseUrl: null,
      clientManager: { report: nothing, one: nothing, answer: nothing },
      mooseFor: (actor, requester = actor) =>
        createMoose({
          signal: new AbortController().signal,
          database,
          clock: systemClock,
          ...noForge,
          known,
          actor,
          requester,
        }),
      isWorking: () => true,
      disk: async () => 'writable' as const,
      webhooks: { sources: { find: async () => null }, onDelivery: () => undefined },
      failureDelayMs: 20,
      ...given,
    },
    { bind: '127.0.0.1', port: 0 },
  );
  onTestFinished(() => server.close());
  const tokens = { viewer: newToken(), operator: newToken(), admin: newToken() };
  for (const [role, token] of Object.entries(tokens) as Array<[ApiRole, string]>)
    await addToken(database.query, token, { name: role, role, createdBy: 'test' });
  return {
    server,
    database,
    tokens,
    recorded,
    call: async (path, init = {}) => {
      const answer = await fetch(`${server.url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${tokens.admin}`, ...init.headers },
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
    },
    addedRepository: async () => {
      const { path } = scratchRepository();
      await database.run((query) => projectOf(query, path, systemClock.now()));
      return path;
    },
  };
}
