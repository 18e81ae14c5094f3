// Projects and their settings: repository, base, checks, agent, limit (R-BUD-1, R-PROJ-1).
import type * as wire from '../../../contract/contract.ts';
import type { LoginChoice } from '../../../domain/agents/login.ts';
import type { MergePolicy } from '../../../domain/forge/merge-policy.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import type { LearningMode } from '../../../domain/learning/learning-mode.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import type { SubtaskMode } from '../../../domain/work-order/subtask.ts';
import type { TogetherMode } from '../../../domain/work-order/together.ts';
import type { VerifyLevel } from '../../../domain/work-order/verify-level.ts';
import { assertBranchName } from '../../../git/refs/branch-name.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { listProjects } from '../../../store/work/projects/project-lists.ts';
import {
  changeProjectSettings,
  lockProjectNamed,
  projectById,
  projectNamed,
} from '../../../store/work/projects/projects.ts';
import { type KnownNames, refuseUnknown } from '../../commands/submit/agent-choice.ts';
import { projectNotFound } from '../../commands/submit/project-of-submission.ts';
import { assertLabels, refuseSecretIn } from '../../commands/submit/submit.ts';
import { defaultSettings, type EngineSettings } from '../../policy/engine-settings.ts';
import { createKeyRing, type KeyRing } from '../../policy/secrets/key-ring.ts';
import { projectHere } from '../../run/project-here.ts';
import { addProject, assertBase } from './add-project.ts';
import { askVariables, type GivenVariable } from './ask-variables.ts';
import { refuseOthers } from './person-only.ts';
import { assertCommands, commandSettings } from './project-commands.ts';
import { type DirectorSystem, directorSettings } from './project-director.ts';
import { assertFilters, filterSettings } from './project-filters.ts';
import { assertHosts, hostSettings } from './project-hosts.ts';
import { imageSettings } from './project-image.ts';
import { intakeSettings } from './project-intake.ts';
import { learningRow } from './project-learning.ts';
import { namespaceSettings } from './project-namespaces.ts';
import { assertOwner } from './project-owner.ts';
import { submoduleSettings } from './project-submodules.ts';
import { subtaskSettings } from './project-subtasks.ts';
import { assertTimeLimit } from './project-time.ts';
import { viewOf } from './project-view.ts';
import { readBaseline } from './read-baseline.ts';
import { type AskPrepared, readValues } from './read-values.ts';
import { removeProject } from './remove-project.ts';

/** Null removes a setting. */
export interface ProjectChange {
  limitNanoUsd?: bigint | null | undefined;
  agent?: string | null | undefined;
  model?: string | null | undefined;
  /** The maximum cost of one work order. */
  workOrderLimitUsd?: number | null | undefined;
  timeLimitMs?: number | null | undefined;
  checks?: readonly Check[] | null | undefined;
  /** The model that reviews each change; `none`: nobody; null: that of the repository or of the settings. */
  reviewer?: string | null | undefined;
  /** The commands that install what it needs; null: those of the repository. */
  setup?: readonly string[] | null | undefined;
  /** As under `services:` in .moose/config.yml; null: those of the repository. */
  services?: unknown;
  allowCiChanges?: boolean | undefined;
  /** Whether agents get instructions of any folder, skills and servers from the base commit. */
  trusted?: boolean | undefined;
  /** When Moose merges its pull requests. */
  merge?: MergePolicy | null | undefined;
  /** How a change with green checks is judged; null: as the repository says, otherwise `standard`. */
  verify?: VerifyLevel | null | undefined;
  /** With which open changes its changes are checked. */
  together?: TogetherMode | null | undefined;
  base?: string | null | undefined;
  /** The labels that a machine must have to run its work orders. */
  labels?: readonly string[] | null | undefined;
  /** The label of issues that become work orders; null: none do. */
  intakeLabel?: string | null | undefined;
  /** The logins of programs whose reviews count like those of people. */
  forgePrograms?: readonly string[] | null | undefined;
  /** Filters of git that Moose runs, outside of sessions; empty or null: none. */
  filters?: readonly string[] | null | undefined;
  /** Patterns of ignored files to copy; empty: none; null: those that the repository names. */
  files?: readonly string[] | null | undefined;
  /** Hosts that agents reach besides the gateway. */
  agentHosts?: readonly string[] | null | undefined;
  /** Hosts that setup and checks reach, also at private addresses. */
  privateHosts?: readonly string[] | null | undefined;
  /**
   * The container image of the project's sessions; `none` for no image; null for the one that the repository
   * names.
   */
  image?: string | null | undefined;
  /** Whether programs in its sessions may make user namespaces. */
  userNamespaces?: boolean | undefined;
  /** Whether its agents may ask for work orders of their own. */
  subtasks?: SubtaskMode | undefined;
  /** Whether Moose fills its submodules. */
  submodules?: boolean | undefined;
  /** Whether its agents use a person's login; null: the setting for all projects decides. */
  login?: LoginChoice | null | undefined;
  /** What the Director approves without a person; for a member that is null, the settings apply. */
  director?: wire.DirectorChange | null | undefined;
  owner?: string | null | undefined;
  /** Whether the learned policy chooses its models and agents; null: `shadow`. */
  learning?: LearningMode | null | undefined;
}

export interface AskProjectsDeps {
  database: Database;
  clock: Clock;
  known: KnownNames;
  actor: string;
  settings?: {
    readonly current: Pick<
      EngineSettings,
      'defaultAgent' | 'reviewer' | 'dataDirectory' | 'host' | 'ci' | 'together'
    > &
      DirectorSystem;
  };
  keyRing?: KeyRing;
  /** What this machine has cached for the project's next work order; absent: unknown. */
  prepared?: AskPrepared | undefined;
}

export function askProjects(deps: AskProjectsDeps) {
  const { database, known, actor, settings } = deps;
  const { dataDirectory } = settings?.current ?? defaultSettings;
  const { keyRing = createKeyRing({ dataDirectory }) } = deps;
  const variables = askVariables({ database, actor, keyRing });
  const list = async (): Promise<wire.Project[]> =>
    (await database.run(listProjects)).map((each) => viewOf(each, settings?.current ?? defaultSettings));
  const one = async (given: string): Promise<wire.Project> => {
    const all = await list();
    const found = all.find(({ id, name }) => name === given || id === given);
    if (!found) throw notFound(given, all);
    return found;
  };
  return {
    /** The most recently used project comes first. */
    list,
    /**
     * Adding the same repository again succeeds.
     * @throws PROJECT_NAME_TAKEN, and an error for a path that is not a repository
     */
    add: async (wish: wire.NewProject): Promise<wire.AddedProject> => {
      const { id, warnings } = await addProject(deps, wish);
      return { project: await one(id), warnings };
    },
    /** The project's history stays. @throws PROJECT_NOT_FOUND, PROJECT_IN_USE */
    remove: async (given: string): Promise<wire.RemovedProject> => removeProject(deps, await one(given)),
    /** Finds a project by its name or ID. @throws PermanentError `PROJECT_NOT_FOUND` */
    one,
    /** The results of the checks without any change. @throws PermanentError `PROJECT_NOT_FOUND` */
    baseline: async (given: string): Promise<wire.Baseline> => readBaseline(database, (await one(given)).id),
    variables: {
      rotate: variables.rotate,
      key: variables.key,
      list: async (given: string): Promise<wire.ProjectVariable[]> => variables.list((await one(given)).id),
      set: async (given: string, variable: GivenVariable): Promise<wire.ProjectVariable> =>
        variables.set((await one(given)).id, variable),
      remove: async (given: string, name: string): Promise<void> =>
        variables.remove((await one(given)).id, name),
    },
    /**
     * The values that apply to its next work order, with their sources. @throws PermanentError
     * `PROJECT_NOT_FOUND`
     */
    values: async (given: string): Promise<wire.ProjectValuesView> => {
      const { id } = await one(given);
      const project = await database.run((query) => projectById(query, id as ProjectId));
      const { defaultAgent, reviewer, dataDirectory, host, ci, together } =
        settings?.current ?? defaultSettings;
      const view = await readValues(projectHere(project, dataDirectory), {
        defaultAgent,
        reviewer,
        merge: ci.merge,
        together,
        host,
        prepared: deps.prepared,
      });
      const row = await learningRow(database, project.id, project.settings);
      return { ...view, values: [...view.values, row] };
    },
    /**
     * A change applies from the next step on.
     * @throws PermanentError `PROJECT_NOT_FOUND`, `LIMIT_NOT_YOURS`; MooseError for unknown names
     */
    change: async (given: string, change: ProjectChange): Promise<wire.Project> => {
      const { agent, model, checks, limitNanoUsd, allowCiChanges, base, files } = change;
      await refuseUnknown(known, { agent: agent ?? undefined, model: model ?? undefined });
      refuseSecretIn(checks ?? []);
      await assertCommands(change, known);
      assertLabels(change.labels ?? []);
      assertFilters(change.filters);
      assertOwner(change.owner);
      assertTimeLimit(change.timeLimitMs);
      assertHosts([...(change.agentHosts ?? []), ...(change.privateHosts ?? [])]);
      if (typeof base === 'string') assertBranchName(base);
      const { id } = await one(given);
      if (typeof base === 'string') await assertBaseOf(database, id, base);
      await database.transaction(async (query) => {
        const project = await lockProjectNamed(query, id);
        if (!project) throw projectNotFound(given, []);
        refuseOthers(project, change, actor, settings?.current ?? defaultSettings);
        await changeProjectSettings(query, project.id, {
          ...(limitNanoUsd === undefined
            ? {}
            : { limit_usd: limitNanoUsd === null ? null : usdNumber(limitNanoUsd) }),
          ...(agent === undefined ? {} : { agent }),
          ...(model === undefined ? {} : { model }),
          ...(change.workOrderLimitUsd === undefined
            ? {}
            : { work_order_limit_usd: change.workOrderLimitUsd }),
          ...(change.timeLimitMs === undefined ? {} : { time_limit_ms: change.timeLimitMs }),
          ...(checks === undefined ? {} : { checks: checks === null ? null : [...checks] }),
          ...(allowCiChanges === undefined ? {} : { allow_ci_changes: allowCiChanges || null }),
          ...(change.trusted === undefined ? {} : { trusted: change.trusted || null }),
          ...(change.merge === undefined ? {} : { merge: change.merge }),
          ...(change.verify === undefined ? {} : { verify: change.verify }),
          ...(change.together === undefined ? {} : { together: change.together }),
          ...(base === undefined ? {} : { base }),
          ...(change.labels === undefined
            ? {}
            : { labels: change.labels?.length ? [...change.labels] : null }),
          ...(files === undefined ? {} : { files: files === null ? null : [...files] }),
          ...intakeSettings(change),
          ...filterSettings(change),
          ...hostSettings(change),
          ...imageSettings(change),
          ...commandSettings(change),
          ...namespaceSettings(change),
          ...submoduleSettings(change),
          ...subtaskSettings(change),
          ...(change.login === undefined ? {} : { login: change.login }),
          ...directorSettings(project.settings, change),
          ...(change.learning === undefined ? {} : { learning: change.learning }),
          ...(change.owner === undefined ? {} : { owner: change.owner }),
        });
      });
      return one(id);
    },
  };
}

async function assertBaseOf(database: Database, id: string, base: string): Promise<void> {
  const project = await database.run((query) => projectNamed(query, id));
  const { repositoryPath = null, remoteAddress = null } = project ?? {};
  if (repositoryPath !== null) await assertBase(base, { repositoryPath });
  if (remoteAddress !== null) await assertBase(base, { remoteAddress });
}

function notFound(given: string, all: readonly wire.Project[]) {
  return projectNotFound(
    given,
    all.map(({ name }) => name),
  );
}
