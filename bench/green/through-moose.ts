// Judges the changes of the corpus through the pipeline of a whole Moose: a scripted model proposes each change, its
// project's checks run in the sandbox, and what the work order says in the end is the verdict (R-GREEN-12).
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Opened, openMoose } from '../../src/app/compose.ts';
import { readConfig } from '../../src/app/config/config.ts';
import { startWorker } from '../../src/app/start-worker.ts';
import type { Session, WorkOrderDetail, WorkOrderRecord } from '../../src/contract/contract.ts';
import { startScriptedProvider } from '../../src/demo/scripted-provider.ts';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
import type { Check } from '../../src/domain/work-order/check.ts';
import type { Finding } from '../../src/domain/work-order/finding.ts';
import { scriptedModels } from '../../src/models/prices.ts';
import { sum } from '../measuring/statistics.ts';
import { type DoneBell, openDoneBell } from '../pipeline/done-bell.ts';
import { modulesFolder, modulesOf } from './modules.ts';
import { changedFiles, commitChange, type GreenCase, type GreenProject, makeBase } from './read-corpus.ts';

export interface GreenVerdict {
  isVerified: boolean;
  /** Why it is not verified, or what else stopped it. */
  because: string | null;
  findings: readonly Finding[];
  /** The runs of its checks besides those of the change itself, without those with an emptied function. */
  extraRuns: number;
  emptiedRuns: number;
  /** The time of each extra run, as a share of that of the same commands on the change: a check and what prepares it. */
  shares: readonly number[];
}

export interface GreenMoose {
  /** Rejects if the work order does not end. */
  judge(project: GreenProject, green: GreenCase): Promise<GreenVerdict>;
}

/** Large enough that nothing waits for money. */
const budgetUsd = 1_000_000;
const orderMsMax = 600_000;
const titleCharsMax = 100;

export async function withGreenMoose<T>(
  signal: AbortSignal,
  use: (moose: GreenMoose) => Promise<T>,
): Promise<T> {
  // The real path is needed, because sessions report their directory as one.
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-green-')));
  const proposals = new Map<string, Proposal>();
  // Sessions see only what is there when Moose starts.
  await mkdir(modulesFolder, { recursive: true });
  // The checks need this version of Node. Checks get nothing of Moose's own folder by its path.
  const tools = join(directory, 'tools');
  await mkdir(tools);
  const repositories = join(directory, 'repositories');
  await mkdir(repositories);
  await mkdir(join(directory, 'changed'));
  await symlink(process.execPath, join(tools, 'node'));
  const provider = await startScriptedProvider({
    script: ({ title }) =>
      proposals.get(numberIn(title)) ?? {
        status: 400,
        body: { error: 'No change of the corpus has this number.' },
      },
  });
  const { PATH = '', HOME, TMPDIR, NODE_EXTRA_CA_CERTS: authorities } = process.env;
  const config = readConfig(
    {
      PATH: [tools, PATH].join(delimiter),
      HOME,
      TMPDIR,
      MOOSE_AGENT: 'patch',
      MOOSE_LOG_LEVEL: 'silent',
      MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
      MOOSE_MODELS: Object.values(scriptedModels).join(','),
      MOOSE_SANDBOX_PATHS: [tools, modulesFolder, join(process.cwd(), 'node_modules')].join(','),
      ...(authorities === undefined ? {} : { NODE_EXTRA_CA_CERTS: authorities }),
    },
    { data: join(directory, 'data') },
  );
  let opened: Opened | undefined;
  try {
    opened = await openMoose(config, signal);
    const { moose } = opened;
    const lost = new AbortController();
    const worker = await startWorker(opened, config, (error) => lost.abort(error));
    let bell: DoneBell | undefined;
    try {
      bell = await openDoneBell(
        opened.database.url,
        { table: 'work_orders', id: 'id', over: "old.status = 'in_progress' and new.status <> old.status" },
        orderMsMax,
      );
      const limit = BigInt(budgetUsd) * 10n ** 9n;
      await moose.limits({ dailyNanoUsd: limit, monthlyNanoUsd: limit });
      await moose.settings.change('settings.limits.refinement_cycles', { value: 0 });
      const until = AbortSignal.any([signal, lost.signal]);
      const ends = bell;
      let count = 0;
      const judge = async (project: GreenProject, green: GreenCase): Promise<GreenVerdict> => {
        count += 1;
        const [title = ''] = green.task.split('\n');
        const named = `${title.slice(0, titleCharsMax)} (${count})`;
        const repositoryPath = join(repositories, String(count));
        makeBase(repositoryPath, project);
        proposals.set(String(count), proposalOf(project, green, join(directory, 'changed', String(count))));
        const { order } = await moose.submit({
          title: named,
          description: green.task,
          repositoryPath,
          checks: checksOf(project),
          asked: green.asked,
          allowCiChanges: true,
        });
        await ends.wait(order.id, until);
        return verdictOf(await moose.show(order.id), await moose.workOrders.detail(order.id));
      };
      return await use({ judge });
    } finally {
      await bell?.close();
      await worker.close();
    }
  } finally {
    await opened?.close();
    await provider.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Moose may trim a title, but keeps its end. */
const numberIn = (title: string | null) => /\((\d+)\)$/.exec(title ?? '')?.[1] ?? '';

/** Its setup gives the checks the packages that it uses. */
function checksOf(project: GreenProject): Check[] {
  const modules = modulesOf(project);
  const setup = [project.setup, modules === undefined ? undefined : linksTo(modules)];
  return [
    ...setup.flatMap((command) => (command ? [{ kind: 'setup', command, source: 'given' } as const] : [])),
    ...project.checks.map((check) => ({ ...check, source: 'given' }) as const),
  ];
}

/** Runners write caches into the folder itself. */
const linksTo = (modules: string) =>
  `mkdir -p node_modules && find ${modules} -mindepth 1 -maxdepth 1 \\( ! -name '.*' -o -name .bin \\) -exec ln -sfnt node_modules '{}' +`;

/** Whole files, and those that are gone, as the change leaves them in a repository at `path`. */
function proposalOf(project: GreenProject, green: GreenCase, path: string): Proposal {
  makeBase(path, project);
  commitChange(path, green);
  const edits = [...changedFiles(path)].map(([file, content]) =>
    content === null
      ? ({ kind: 'delete', path: file } as const)
      : ({ kind: 'write', path: file, content } as const),
  );
  rmSync(path, { recursive: true });
  return { plan: 'Do what is asked.', edits, risks: [] };
}

function verdictOf({ steps }: WorkOrderRecord, detail: WorkOrderDetail): GreenVerdict {
  const { status, verification, sessions, errors, explain } = detail;
  const first = steps.find(({ step }) => step === 'verifying')?.result as
    | { findings?: Finding[]; notVerifiedBecause?: string; checks?: { kind: string; durationMs: number }[] }
    | undefined;
  const isVerified = status === 'completed' && verification?.is_verified === true;
  const extra = sessions.flatMap((session) => {
    const named = session.purpose === 'check' && extraName.exec(session.name)?.groups;
    return named
      ? [{ session, isEmptied: named.tree?.startsWith('emptied-') === true, own: named.own ?? '' }]
      : [];
  });
  const emptiedRuns = extra.filter(({ isEmptied }) => isEmptied).length;
  const own = new Map(
    (first?.checks ?? []).map(({ kind, durationMs }, index, checks) => [
      `${index + 1}-${kind}`,
      durationMs + sum(checks.slice(0, index).map((before) => (isPreparing(before) ? before.durationMs : 0))),
    ]),
  );
  return {
    isVerified,
    because: isVerified ? null : (first?.notVerifiedBecause ?? errors[0]?.message ?? explain),
    findings: first?.findings ?? [],
    extraRuns: extra.length - emptiedRuns,
    emptiedRuns,
    shares: extra.flatMap((one) => {
      const ownMs = own.get(one.own);
      return ownMs ? [msOf(one.session) / ownMs] : [];
    }),
  };
}

/** The tree of an extra run, and the check of the change that it repeats: `product-1-test`, `emptied-2-1-test`. */
const extraName = /^(?<tree>[a-z]+(?:-\d+)?)-(?<own>\d+-[a-z]+)$/;

/** An extra run has a tree of its own, so it does this again. */
const isPreparing = ({ kind }: { kind: string }) => kind === 'setup' || kind === 'build';

function msOf({ started_at, ended_at }: Session): number {
  return started_at && ended_at ? Date.parse(ended_at) - Date.parse(started_at) : 0;
}
