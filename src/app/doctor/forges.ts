// Checks what this machine's credentials let Moose do on each registered forge, in the projects' repositories.
import type { ForgeCheck } from '../../contract/contract.ts';
import { askForges } from '../../engine/settings/ask-forges.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { openDatabase } from '../../store/database.ts';
import type { Config } from '../config/config.ts';
import { openForges } from '../forges.ts';

const checkMsMax = 30_000;

export interface DoctorsForges {
  diagnose(hosts: readonly { host: string }[]): Promise<Diagnosis[]>;
  close(): Promise<void>;
}

/** Null without a database. While a database is open, git can log in to the remotes of registered forges. */
export function openDoctorsForges(config: Config, url: string | null): DoctorsForges | null {
  if (url === null) return null;
  const database = openDatabase(url);
  const { forges, close } = openForges(config, database);
  return {
    diagnose: async (hosts) => {
      const signal = AbortSignal.timeout(checkMsMax);
      const checks = await askForges({ database, forges, actor: config.actor, signal }).check();
      const unused = hosts.filter(({ host }) => !checks.some((check) => check.host === host));
      return [...checks.map(checked), ...unused.map(({ host }) => notUsed(host))];
    },
    close: async () => {
      close();
      await database.close();
    },
  };
}

const notUsed = (host: string): Diagnosis => ({
  name: `forge ${host}`,
  state: 'ok',
  advice: null,
  found: 'registered; no project has its remote there yet',
});

function checked({ project, host, repository, login, ok, problems }: ForgeCheck): Diagnosis {
  const name = `forge ${host}`;
  const found = `${repository} (project ${project})${login === null ? '' : `, as ${login}`}`;
  if (problems.length === 0) return { name, state: 'ok', found, advice: null };
  return {
    name,
    // Only a warning, because another machine may have the credential.
    state: 'warning',
    found: `${found}${ok ? '' : ': not usable'}: ${problems.map(({ message }) => message).join(' ')}`,
    advice: [...new Set(problems.map(({ advice }) => advice))].join(' '),
  };
}
