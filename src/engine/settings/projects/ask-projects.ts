// Projects and their settings: repository, base, checks, agent, limit (R-BUD-1, R-PROJ-1).
import type * as wire from '../../../contract/contract.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import { isHuman } from '../../../domain/people/person.ts';
import {
  needsPerson,
  shownSettings,
  storedSettings,
} from '../../../domain/project-settings/project-settings.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { listProjects } from '../../../store/work/projects/project-lists.ts';
import {
  changeProjectSettings,
  lockProjectNamed,
  type Project,
  projectById,
  projectNamed,
} from '../../../store/work/projects/projects.ts';
import type { KnownNames } from '../../commands/submit/agent-choice.ts';
import { projectNotFound } from '../../commands/submit/project-of-submission.ts';
import { defaultSettings, type EngineSettings } from '../../policy/engine-settings.ts';
import { createKeyRing, type KeyRing } from '../../policy/secrets/key-ring.ts';
import { projectHere } from '../../run/project-here.ts';
import { addProject, assertBase } from './add-project.ts';
import { askVariables, type GivenVariable } from './ask-variables.ts';
import { assertChange } from './assert-change.ts';
import { projectFailures } from './failure-catalogue.ts';
import { learningRow } from './learning-row.ts';
import { type DirectorSystem, systemValues, viewOf } from './project-view.ts';
import { readBaseline } from './read-baseline.ts';
import { type AskPrepared, readValues } from './read-values.ts';
import { removeProject } from './remove-project.ts';

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
    change: async (given: string, wanted: wire.ProjectChange): Promise<wire.Project> => {
      const change = await assertChange(wanted, known);
      const { id } = await one(given);
      if (typeof change.base === 'string') await assertBaseOf(database, id, change.base);
      await database.transaction(async (query) => {
        const project = await lockProjectNamed(query, id);
        if (!project) throw projectNotFound(given, []);
        refuseOthers(project, change, actor, settings?.current ?? defaultSettings);
        await changeProjectSettings(query, project.id, storedSettings(change, project.settings));
      });
      return one(id);
    },
  };
}

/** @throws LIMIT_NOT_YOURS */
function refuseOthers(
  { name, settings }: Project,
  change: wire.ProjectChange,
  actor: string,
  system: DirectorSystem,
): void {
  const what = needsPerson({ name, ...shownSettings(settings, systemValues(system)) }, change);
  if (what === null || isHuman(actor)) return;
  throw projectFailures.LIMIT_NOT_YOURS('change', { what });
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
