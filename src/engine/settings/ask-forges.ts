// The forges that people register: where each machine finds their credentials, and what Moose may do there (R-SEN-7).

import type * as wire from '../../contract/contract.ts';
import { isMooseError, type PermanentError } from '../../domain/failure.ts';
import {
  apiUrlOf,
  type ForgeCredential,
  limitReserveShare,
  localHost,
  type SecretSource,
} from '../../domain/forge/forge.ts';
import { isHuman } from '../../domain/people/person.ts';
import type { Database } from '../../store/database.ts';
import { listProjects } from '../../store/work/projects/project-lists.ts';
import {
  type ForgeHost,
  keepForgeHost,
  listForgeHosts,
  removeForgeHost,
} from '../../store/work/pull-requests/forge-hosts.ts';
import type { Forges } from '../ports/forge.ts';
import { settingFailures } from './failure-catalogue.ts';

export interface AskForgesDeps {
  database: Database;
  forges: Forges;
  actor: string;
  /** Aborted when this process stops. */
  signal: AbortSignal;
}

/** Each check makes several calls to the host. */
const checksMax = 20;

export function askForges({ database, forges, actor, signal: stops }: AskForgesDeps) {
  return {
    list: async (): Promise<wire.ForgeHostView[]> => (await database.run(listForgeHosts)).map(viewOf),
    /** Adding a registered host updates it. @throws PermanentError `FORGE_NOT_YOURS`, `FORGE_INVALID` */
    add: async (given: wire.NewForge): Promise<wire.ForgeHostView> => {
      // A caller who chooses a secret and an address could have the secret sent to that address.
      if (!isHuman(actor)) throw notYours();
      const row = readNewForge(given);
      return viewOf(await database.run((query) => keepForgeHost(query, { ...row, createdBy: actor })));
    },
    /** @throws PermanentError `FORGE_NOT_YOURS`, `FORGE_HOST_NOT_FOUND` */
    remove: async (given: string): Promise<{ removed: string }> => {
      if (!isHuman(actor)) throw notYours();
      const host = given.toLowerCase();
      for (const each of new Set([host, host.replace(/:(?:443|80)$/, '')]))
        if (await database.run((query) => removeForgeHost(query, each))) return { removed: each };
      throw hostNotFound(host);
    },
    /** Asks the forges of a host's projects, of one project, or of all. */
    check: async (of?: string, signal: AbortSignal = stops): Promise<wire.ForgeCheck[]> => {
      const projects = await database.run(listProjects, signal);
      const named = projects.filter(({ name, id }) => of === undefined || name === of || id === of);
      const host = named.length === 0 && of !== undefined ? of.toLowerCase() : null;
      const hosts = await database.run(listForgeHosts, signal);
      if (host !== null && !hosts.some((each) => each.host === host)) throw hostNotFound(host);
      const checks: wire.ForgeCheck[] = [];
      for (const { id, name } of host === null ? named : projects) {
        if (checks.length >= checksMax) break;
        const isNamed = of !== undefined && host === null;
        const check = await checkOne(forges, { id, name, host, isNamed }, signal);
        if (check) checks.push(check);
      }
      return checks;
    },
  };
}

/** Null if the project is on another host, or has no forge and was not named. */
async function checkOne(
  forges: Forges,
  { id, name, host, isNamed }: { id: string; name: string; host: string | null; isNamed: boolean },
  signal: AbortSignal,
): Promise<wire.ForgeCheck | null> {
  const nothing = { login: null, default_branch: null, rights: [], merge_methods: [], expires_at: null };
  const none = { has_auto_merge: false, has_merge_queue: false, has_drafts: false };
  const forge = await forges.of(id, signal);
  if (host !== null && forge.host !== host) return null;
  if (forge.host === localHost && !isNamed) return null;
  const at = { project: name, host: forge.host, repository: forge.repository, kind: forge.kind };
  try {
    const found = await forge.inspect(signal);
    return {
      ...at,
      ok: !found.problems.some(({ isFatal }) => isFatal),
      login: found.login,
      default_branch: found.defaultBranch,
      rights: found.rights.map(({ name: right, isGiven, isFor }) => ({
        name: right,
        is_given: isGiven,
        is_for: isFor,
      })),
      merge_methods: found.mergeMethods,
      has_auto_merge: found.hasAutoMerge,
      has_merge_queue: found.hasMergeQueue,
      has_drafts: found.hasDrafts,
      expires_at: found.expiresAt?.toISOString() ?? null,
      problems: found.problems.map(({ isFatal, ...problem }) => ({ ...problem, is_fatal: isFatal })),
    };
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    const { code, message, advice = '' } = cause;
    return { ...at, ...nothing, ...none, ok: false, problems: [{ code, message, advice, is_fatal: true }] };
  }
}

const hostPattern = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/;
/** Other variables may hold the keys of model providers, which must not be sent to a forge. */
const variablePattern = /^(?:MOOSE_FORGE_[A-Z0-9_]{1,100}|(?:GITHUB|GH|GITEA|FORGEJO|GITLAB)_TOKEN)$/;

/** @throws PermanentError `FORGE_INVALID` */
function readNewForge(given: wire.NewForge) {
  const { kind, credential } = given;
  const host = withoutUsualPort(given.host.trim().toLowerCase(), given.api_url);
  if (!hostPattern.test(host))
    throw invalid(`${JSON.stringify(given.host)} is not a host; write it like github.com`);
  const apiUrl = (given.api_url ?? apiUrlOf(kind, host)).replace(/\/+$/, '');
  const url = URL.parse(apiUrl);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && !/[@?#]/.test(apiUrl);
  if (!isPlain)
    throw invalid(`${JSON.stringify(apiUrl)} is not an API address; write it like https://HOST/api/v3`);
  if (kind !== 'github' && (credential.source === 'gh' || credential.source === 'app'))
    throw invalid('Apps and gh work only with GitHub');
  if (credential.source === 'app' && !/^\w[\w.-]{0,99}$/.test(credential.app_id))
    throw invalid('the ID of an App must be a number or a client ID');
  const sources: (SecretSource | null)[] = [
    credential.source === 'app' ? credential.key : credential.source === 'gh' ? null : credential,
    given.webhook_secret ?? null,
  ];
  for (const source of sources) if (source) assertSource(source);
  return {
    host,
    kind,
    apiUrl,
    credential: JSON.stringify(ofWire(credential)),
    webhookSecret: given.webhook_secret ? JSON.stringify(given.webhook_secret) : null,
  };
}

/** URLs of repositories never contain the default port of their scheme. */
function withoutUsualPort(host: string, apiUrl: string | undefined): string {
  const byDefault = apiUrl?.toLowerCase().startsWith('http:') ? ':80' : ':443';
  return host.endsWith(byDefault) ? host.slice(0, -byDefault.length) : host;
}

function ofWire(credential: wire.NewForge['credential']): ForgeCredential {
  if (credential.source !== 'app') return credential;
  const { source, app_id: appId, key } = credential;
  return { source, appId, key };
}

function toWire(credential: ForgeCredential): wire.NewForge['credential'] {
  if (credential.source !== 'app') return credential;
  const { source, appId, key } = credential;
  return { source, app_id: appId, key };
}

function assertSource(source: SecretSource): void {
  if (source.source === 'env' && !variablePattern.test(source.name))
    throw invalid(`${source.name.slice(0, 60)} is not an allowed variable for the secret of a forge`);
  if (source.source === 'file' && !source.path.startsWith('/'))
    throw invalid('the path of the secret must be absolute');
}

function viewOf(row: ForgeHost): wire.ForgeHostView {
  const { limitTotal: total, limitRemaining: remaining, limitResetAt, pausedUntil } = row;
  const isPaused = pausedUntil !== null && pausedUntil.getTime() > Date.now();
  // Polling waits for the next hour of the host; people and writes still get through.
  const isScarce = total !== null && remaining !== null && remaining < total * limitReserveShare;
  const scarceUntil =
    isScarce && limitResetAt !== null && limitResetAt.getTime() > Date.now() ? limitResetAt : null;
  return {
    host: row.host,
    kind: row.kind,
    api_url: row.apiUrl,
    credential: toWire(row.credential),
    webhook_secret: row.webhookSecret,
    paused_until: (isPaused ? pausedUntil : scarceUntil)?.toISOString() ?? null,
    paused_because: isPaused
      ? row.pausedBecause
      : scarceUntil && 'polling waits: the rest of the limit is reserved for people and for writes',
    limit:
      total === null || remaining === null
        ? null
        : { total, remaining, reset_at: limitResetAt?.toISOString() ?? null },
    created_by: row.createdBy,
    updated_at: row.updatedAt.toISOString(),
  };
}

const rest = { operation: 'change forges' } as const;

function invalid(problem: string): PermanentError {
  return settingFailures.FORGE_INVALID(rest, { problem });
}

function notYours(): PermanentError {
  return settingFailures.FORGE_NOT_YOURS(rest);
}

function hostNotFound(host: string): PermanentError {
  return settingFailures.FORGE_HOST_NOT_FOUND(rest, { host: host.slice(0, 100) });
}
