// Chooses the forge of a project by the host of its remote. A host that nobody registered has the local forge.

import type { ConfigurationError } from '../domain/failure.ts';
import type { ForgeKind } from '../domain/forge/forge.ts';
import type { Forges, GitCredentials } from '../engine/ports/forge.ts';
import { isRemoteAddress } from '../git/remote/remote-address.ts';
import type { Database } from '../store/database.ts';
import { type ForgeHost, listForgeHosts } from '../store/work/pull-requests/forge-hosts.ts';
import type { ForgeAdapter } from './adapter.ts';
import { forgeFailures } from './failure-catalogue.ts';
import { createLocalForge, type LocalForgeOptions } from './local/forge.ts';
import { repositoryOnForge } from './repository-on-forge.ts';

export interface ForgesOptions {
  database: Database;
  adapters: Partial<Record<ForgeKind, ForgeAdapter>>;
  /** The address that a project's branches are pushed to, which may be the path of a folder. */
  remoteOf(projectId: string, signal?: AbortSignal): Promise<string>;
  /** For the local forge: the repository and its remote, up to date. */
  locate(projectId: string): ReturnType<LocalForgeOptions['locate']>;
}

/** Also finds git's login for an address; null if no registered forge has the address. */
export interface ForgesWithLogins extends Forges {
  loginFor(address: string, signal?: AbortSignal): Promise<GitCredentials | null>;
}

export function createForges({ database, adapters, remoteOf, locate }: ForgesOptions): ForgesWithLogins {
  return {
    loginFor: async (address, signal) => {
      const hosts = await database.run(listForgeHosts, signal);
      const found = hosts.length > 0 ? repositoryOnForge(address, hosts) : null;
      const adapter = found ? adapters[found.host.kind] : undefined;
      // A login that is sent without encryption can be read on the way.
      const isOpen = URL.parse(address)?.protocol === 'http:';
      if (isOpen && found && URL.parse(found.host.apiUrl)?.protocol !== 'http:') return null;
      return found && adapter ? adapter({ projectId: '', ...found }).gitCredentials(signal) : null;
    },
    of: async (projectId, signal) => {
      const local = () => createLocalForge({ database, projectId, locate: () => locate(projectId) });
      const hosts = await database.run(listForgeHosts, signal);
      if (hosts.length === 0) return local();
      const remote = await remoteOf(projectId, signal);
      const found = isRemoteAddress(remote) ? repositoryOnForge(remote, hosts) : null;
      if (!found) return local();
      const adapter = adapters[found.host.kind];
      if (!adapter) throw kindUnsupported(found.host);
      return adapter({ projectId, ...found });
    },
  };
}

function kindUnsupported({ host, kind }: ForgeHost): ConfigurationError {
  return forgeFailures.FORGE_KIND_UNSUPPORTED('find', { host, kind });
}
