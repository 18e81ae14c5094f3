// `moose doctor`: checks everything that a run needs, without changing anything.
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { createKeyRing } from '../../engine/policy/secrets/key-ring.ts';
import { type Applied, applySettings, type IgnoredRow } from '../../engine/settings/apply-settings.ts';
import { type Diagnosis, notInstalled } from '../../engine/views/diagnosis.ts';
import { gitVersion } from '../../git/run/git-version.ts';
import { hasData } from '../../postgres/home.ts';
import { probeEmbedded } from '../../postgres/probe-embedded.ts';
import { urlOfRunning } from '../../postgres/running-url.ts';
import { probeName } from '../../postgres/start/nameless-user.ts';
import { probeDisk } from '../../stdx/files/probe-disk.ts';
import {
  readBackupOnce,
  readDriftOnce,
  readForgeHostsOnce,
  readKeyIdsOnce,
  readProcessesOnce,
  readProjectsOnce,
  readSchedulesOnce,
  readSettingsOnce,
  readWaitingOnce,
} from '../../store/connection/read-once.ts';
import { inspectSchema } from '../../store/schema/migrate.ts';
import { createAgents } from '../agents.ts';
import { certifiedText } from '../certify/kept-table.ts';
import type { Config } from '../config/config.ts';
import { nodeMajor, nodeMajorMin, oldNodeAdvice } from '../config/node-version.ts';
import { ownPlatform, refusedAdvice } from '../config/platform.ts';
import { forgottenDatabase } from '../forgotten-database.ts';
import { assertTemporaryDirectory } from '../temporary-directory.ts';
import { diagnoseBackups } from './backups.ts';
import { diagnoseContainers } from './containers.ts';
import { diagnoseIsolation } from './diagnose-isolation.ts';
import { diagnoseLimits } from './diagnose-limits.ts';
import { diagnoseDirector } from './director.ts';
import { diagnoseDrift } from './drift.ts';
import { openDoctorsForges } from './forges.ts';
import { diagnoseLogins } from './logins.ts';
import { diagnoseMachines } from './machines.ts';
import { diagnoseModels } from './models.ts';
import { diagnosePort } from './port.ts';
import { diagnosePrepared } from './prepared.ts';
import { diagnosedMax, diagnoseProjects } from './projects.ts';
import { diagnoseSchedules } from './schedules.ts';
import { diagnoseSecrets } from './secrets.ts';
import { diagnoseTeam } from './team.ts';

const freeBytesMin = 2 * 1024 ** 3;
/** The files of a worktree with its dependencies. */
const filesFreeMin = 100_000;
/** The maximum number of projects whose Director limits are checked; probing is limited to fewer. */
const directedMax = 1_000;
export const databaseName = 'moose';
/** Problems that the next `moose up` fixes automatically. */
const forwardCodes = new Set(['DATABASE_EMPTY', 'SCHEMA_TOO_OLD']);

export async function diagnose(config: Config): Promise<Diagnosis[]> {
  // The other checks, and every other command, need it.
  const temporary = await temporaryFiles();
  if (temporary.state !== 'ok') return [temporary];
  const each = [machine, node, git, dataDirectory, freeDisk, database].map((check) => check(config));
  const hosts = await rowsOf(config, readForgeHostsOnce);
  const forges = hosts.length === 0 ? null : openDoctorsForges(config, await urlOf(config));
  try {
    const found = await Promise.all([
      temporary,
      ...each,
      settings(config),
      rowsOf(config, (url) => readProjectsOnce(url, diagnosedMax)).then(diagnoseProjects),
      secrets(config),
      machines(config),
      diagnosePort(config),
      diagnoseTeam(config.interfaces),
      rowsOf(config, readBackupOnce).then((rows) => diagnoseBackups(rows, new Date())),
      rowsOf(config, readSchedulesOnce).then(diagnoseSchedules),
      rowsOf(config, readDriftOnce).then(diagnoseDrift),
    ]);
    return [...found.flat(), ...((await forges?.diagnose(hosts)) ?? []), ...(await agents(config))];
  } finally {
    await forges?.close();
  }
}

/** Applies the changed settings if the database can be read; the database check reports why it cannot. */
async function settings(config: Config): Promise<Diagnosis[]> {
  const { settings: engine, ignored } = await settingsThatHold(config);
  const held = { ...config, engine };
  return [
    ...ignored.map(ignoredSetting),
    await diagnoseModels(held),
    ...(await diagnoseIsolation(engine, config.dataDirectory)),
    await diagnoseLimits(engine),
    ...(await diagnoseContainers(held)),
    ...(await diagnosePrepared(held)),
    ...(await diagnoseLogins(held)),
    ...diagnoseDirector(engine, await rowsOf(config, (url) => readProjectsOnce(url, directedMax))),
  ];
}

const ignoredSetting = ({ key, because }: IgnoredRow): Diagnosis => ({
  name: `setting ${key}`,
  state: 'warning',
  found: `ignored: ${because}`,
  advice: `Its environment value or default applies. Set it again, or run \`moose config unset ${key}\`.`,
});

/** If the database cannot be read, only the settings given at startup. */
export async function settingsThatHold(config: Config): Promise<Applied> {
  // The database check reports why the settings cannot be read.
  const rows = await changedRows(config).catch(() => []);
  return applySettings(config.engine, rows);
}

async function changedRows(config: Config): Promise<{ key: string; value: unknown }[]> {
  const url = await urlOf(config);
  return url === null ? [] : readSettingsOnce(url);
}

/** Empty if nothing is encrypted. */
async function secrets(config: Config): Promise<Diagnosis[]> {
  const { dataDirectory, secretsKey } = config;
  const keyRing = createKeyRing({ dataDirectory, given: secretsKey ?? '' });
  return diagnoseSecrets(keyRing, await rowsOf(config, readKeyIdsOnce));
}

async function machines(config: Config): Promise<Diagnosis[]> {
  return diagnoseMachines(await rowsOf(config, readProcessesOnce), await rowsOf(config, readWaitingOnce));
}

/** No rows if they cannot be read: the database check reports why. */
async function rowsOf<Row>(config: Config, read: (url: string) => Promise<Row[]>): Promise<Row[]> {
  const rows = async () => {
    const url = await urlOf(config);
    return url === null ? [] : read(url);
  };
  return rows().catch(() => []);
}

async function urlOf({ databaseUrl, dataDirectory }: Config): Promise<string | null> {
  return databaseUrl ?? urlOfRunning(join(dataDirectory, 'postgres'), databaseName);
}

const ok = (name: string, found: string): Diagnosis => ({ name, state: 'ok', found, advice: null });

async function machine(): Promise<Diagnosis> {
  const { name, state, because } = ownPlatform();
  if (state === 'tested') return ok('machine', name);
  const isRefused = state === 'refused';
  return {
    name: 'machine',
    state: isRefused ? 'missing' : 'warning',
    found: `${name}: ${state}, ${because}`,
    advice: isRefused ? refusedAdvice : null,
  };
}

async function node(): Promise<Diagnosis> {
  if (nodeMajor() >= nodeMajorMin) return ok('node', process.versions.node);
  return {
    name: 'node',
    state: 'missing',
    found: process.versions.node,
    advice: oldNodeAdvice,
  };
}

async function git(): Promise<Diagnosis> {
  try {
    return ok('git', `git version ${await gitVersion()}`);
  } catch (cause) {
    const isOld = isMooseError(cause) && cause.code === 'GIT_TOO_OLD';
    const found = isOld ? cause.message : 'not found';
    return { name: 'git', state: 'missing', found, advice: adviceOf(cause, 'Install git.') };
  }
}

async function temporaryFiles(): Promise<Diagnosis> {
  try {
    await assertTemporaryDirectory();
    return ok('temporary files', tmpdir());
  } catch (cause) {
    const advice = adviceOf(cause, 'Set TMPDIR to another directory.');
    return { name: 'temporary files', state: 'missing', found: `${tmpdir()} (${wordsOf(cause)})`, advice };
  }
}

async function dataDirectory({ dataDirectory: path }: Config): Promise<Diagnosis> {
  try {
    await access(await nearestThere(path), constants.W_OK);
    return ok('data directory', path);
  } catch (cause) {
    return {
      name: 'data directory',
      state: 'missing',
      found: `${path} is not writable (${wordsOf(cause)})`,
      advice: 'Choose another directory with --data DIR or MOOSE_DATA.',
    };
  }
}

/** The directory, or its nearest existing parent, because the doctor creates nothing. */
async function nearestThere(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    const isThere = await access(at).then(
      () => true,
      () => false,
    );
    if (isThere || at === dirname(at)) return at;
  }
}

const diskMsMax = 5_000;

async function freeDisk({ dataDirectory: path }: Config): Promise<Diagnosis> {
  try {
    const there = await nearestThere(path);
    const { bavail, bsize, files, ffree } = await statfs(there);
    const disk = there === path ? await probeDisk(path, diskMsMax) : 'writable';
    if (disk === 'read_only' || disk === 'silent')
      return {
        name: 'disk',
        state: 'missing',
        found: disk === 'read_only' ? 'it is read-only' : 'it does not answer',
        advice:
          'The kernel makes a disk read-only after an error: `dmesg` says which. Check it (fsck) and mount it writable.',
      };
    const gigabytes = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
    // Some kinds of disk have no limit on files, and report zero.
    if (files > 0 && ffree < filesFreeMin)
      return {
        name: 'disk',
        state: 'warning',
        found: `${gigabytes}, but room for only ${ffree} more files (inodes)`,
        advice:
          'Worktrees have many files: delete some (`df -i` shows the disk), or choose another --data DIR.',
      };
    if (bavail * bsize >= freeBytesMin) return ok('disk', gigabytes);
    return {
      name: 'disk',
      state: 'warning',
      found: gigabytes,
      advice: 'Worktrees and logs need space: free some, or choose another --data DIR.',
    };
  } catch (cause) {
    return {
      name: 'disk',
      state: 'warning',
      found: `unknown (${wordsOf(cause)})`,
      advice: 'Check that the data directory can be read.',
    };
  }
}

async function database(config: Config): Promise<Diagnosis> {
  const look = await lookAtDatabase(config);
  if (!config.ignoresDatabaseUrl) return look;
  return {
    ...look,
    found: `${look.found}; DATABASE_URL is set but not used: Moose reads MOOSE_DATABASE_URL`,
  };
}

async function lookAtDatabase({ databaseUrl, dataDirectory }: Config): Promise<Diagnosis> {
  if (databaseUrl !== null) return lookAtServer(databaseUrl, 'MOOSE_DATABASE_URL');
  const { version, advice } = await probeEmbedded();
  if (version === null) return { name: 'database', state: 'missing', found: 'no embedded server', advice };
  const directory = join(dataDirectory, 'postgres');
  const url = await urlOfRunning(directory, databaseName);
  if (url === null && !(await hasData(directory))) {
    const problem = (await forgottenDatabase({ databaseUrl, dataDirectory })) ?? (await probeName());
    if (problem)
      return { name: 'database', state: 'missing', found: problem.message, advice: problem.advice ?? null };
  }
  if (url === null)
    return { name: 'database', state: advice ? 'warning' : 'ok', found: `embedded ${version}`, advice };
  return lookAtServer(url, 'embedded');
}

async function lookAtServer(url: string, whose: 'embedded' | 'MOOSE_DATABASE_URL'): Promise<Diagnosis> {
  try {
    const { serverVersion, problem } = await inspectSchema(url);
    const server =
      whose === 'embedded' ? `embedded ${serverVersion}` : `PostgreSQL ${serverVersion} of ${whose}`;
    if (problem === null) return ok('database', server);
    const state = forwardCodes.has(problem.code) ? 'warning' : 'missing';
    return {
      name: 'database',
      state,
      found: `${server}: ${problem.message}`,
      advice: problem.advice ?? null,
    };
  } catch (cause) {
    return {
      name: 'database',
      state: 'missing',
      found: `the server of ${whose} cannot be used: ${wordsOf(cause)}`,
      advice: adviceOf(cause, 'Start the server, or check its address, user and password.'),
    };
  }
}

async function agents(config: Config): Promise<Diagnosis[]> {
  const { defaultAgent, fallbackAgents } = (await settingsThatHold(config)).settings;
  const used = new Set([defaultAgent, ...fallbackAgents]);
  const known = createAgents(config);
  const unknown = [...used].filter((name) => !known.has(name));
  const found = await Promise.all(
    [...known.values()].map(async (agent): Promise<Diagnosis> => {
      const probe = await agent.probe();
      const name = `agent ${agent.name}`;
      // Only an agent that is to be used has to be there.
      const isNeeded = agent.name === defaultAgent && fallbackAgents.length === 0;
      const absent = isNeeded ? 'missing' : used.has(agent.name) ? 'warning' : 'ok';
      if (!probe.isInstalled) return { name, state: absent, found: notInstalled, advice: probe.advice };
      const isTested = probe.testedVersion === null || probe.version === probe.testedVersion;
      const found = `${probe.testedVersion === null ? 'built in' : probe.version}${isTested ? '' : ` (tested with ${probe.testedVersion})`}`;
      const certified = await certifiedText(config.dataDirectory, agent.name);
      return {
        name,
        state: isTested ? 'ok' : 'warning',
        found: `${found}${certified}`,
        advice: isTested ? null : probe.advice,
      };
    }),
  );
  return [
    ...found,
    ...unknown.map((name) => unknownAgentRow(name, name === defaultAgent, [...known.keys()])),
  ];
}

/** A run that is to use it fails at once. */
function unknownAgentRow(name: string, isDefault: boolean, known: readonly string[]): Diagnosis {
  return {
    name: `agent ${name}`,
    state: isDefault ? 'missing' : 'warning',
    found: 'there is no such agent',
    advice: `Choose among ${known.join(', ')}: \`moose config set settings.agents.${isDefault ? 'default' : 'fallback'} …\`, or ${isDefault ? 'MOOSE_AGENT' : 'MOOSE_FALLBACK_AGENTS'}.`,
  };
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function adviceOf(cause: unknown, otherwise: string): string {
  return isMooseError(cause) ? (cause.advice ?? cause.message) : otherwise;
}
