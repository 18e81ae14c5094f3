// Asks the HTTP interface of this process, for a command or an assistant on the machine of the database: the same routes,
// without a port, a token and a time limit. Nothing is lost on the way, so nothing is repeated, and an error is passed on as
// it was thrown.
import type { Logger } from 'pino';
import { cleaningOf, createApi } from '../api/app.ts';
import type { Caller } from '../api/request/caller.ts';
import { findAddress } from '../api/serving/own-address.ts';
import { askThrough } from '../cli/remote/ask.ts';
import type { ServerClient } from '../cli/remote/client.ts';
import type { ErrorLog } from '../engine/errors/error-log.ts';
import type { Moose } from '../engine/moose.ts';
import type { Database } from '../store/database.ts';
import type { Opened } from './compose.ts';
import type { Config } from './config/config.ts';
import { version } from './version.ts';

interface InnerCaller {
  actor: string;
  via: 'cli' | 'mcp';
  isPerson: boolean;
}

interface InnerDeps {
  database: Database;
  errors: Pick<ErrorLog, 'record'>;
  logger: Logger;
  version: string;
  mooseFor(actor: string): Moose;
  /** The address that people open, for the links of invites. */
  ownUrl(): Promise<string>;
}

export function clientOf(
  { database, errorLog, logger, mooseFor }: Opened,
  { dataDirectory, interfaces: { baseUrl } }: Config,
  who: InnerCaller,
  signal: AbortSignal,
): ServerClient {
  const ownUrl = async () => (await findAddress({ dataDirectory, baseUrl, signal })).openUrl;
  return innerClient({ database, logger, version, mooseFor, ownUrl, errors: errorLog }, who, signal);
}

/** Only the path counts. */
const url = 'http://moose.internal';

/** Whoever has the database may do everything that a person or a program may. */
export function innerClient(
  deps: InnerDeps,
  { actor, via, isPerson }: InnerCaller,
  signal: AbortSignal,
): ServerClient {
  const caller: Caller = {
    actor,
    via,
    isPerson,
    name: actor.replace(/^human:/, ''),
    requester: actor,
    role: 'admin',
    tokenId: null,
    sessionId: null,
    isAmbient: false,
  };
  const all = {
    ...deps,
    baseUrl: null,
    clientManager: deps.mooseFor(actor).escalations,
    isWorking: () => false,
    disk: async () => 'writable' as const,
    webhooks: { sources: { find: async () => null }, onDelivery: () => undefined },
    inner: { caller, ownUrl: deps.ownUrl },
  };
  const cleaning = cleaningOf(all);
  const api = createApi(all, undefined, cleaning);
  return {
    url,
    ask: askThrough(async ({ method, path, body, answer, signal: own }) => {
      const given = AbortSignal.any([signal, ...(own ? [own] : [])]);
      given.throwIfAborted();
      const request = new Request(new URL(path, url), {
        method,
        signal: given,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const response = await api.fetch(request);
      return answer.parse(response.status === 204 ? undefined : await response.json());
    }),
    close: () => cleaning.close(),
  };
}
