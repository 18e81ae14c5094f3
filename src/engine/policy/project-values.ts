// Decides which value applies to a work order, and where it comes from: run > work order > project > file > found >
// default (R-PROJ-2). Pure.
import type { ProjectConfig } from '../../config-file/config-schema.ts';
import type { MergePolicy } from '../../domain/forge/merge-policy.ts';
import { noImage } from '../../domain/machine/image.ts';
import type { ProjectSettings } from '../../domain/project-settings/project-settings.ts';
import type { Check } from '../../domain/work-order/check.ts';
import { type TogetherMode, togetherModes } from '../../domain/work-order/together.ts';
import { defaultVerifyLevel, type VerifyLevel } from '../../domain/work-order/verify-level.ts';
import type { RunSettings, WorkOrderSettings } from '../../domain/work-order/work-order.ts';
import { defaultTimeMs } from './agent-defaults.ts';
import { nobody } from './settings/models.ts';

/** In order of precedence: the first source with a value decides. */
export type ValueSource = 'run' | 'work order' | 'project' | 'file' | 'found' | 'default';

export interface Sourced<Value> {
  value: Value;
  source: ValueSource;
}

export interface ValueLayers {
  run?: Pick<RunSettings, 'agent' | 'model'>;
  order?: Pick<WorkOrderSettings, 'agent' | 'model' | 'checks'> & { limitUsd?: number; timeMs?: number };
  /** Set by a person on the command line, over HTTP or in Settings. */
  project: ProjectSettings;
  /** `.moose/config.yml` on the base commit. */
  file: ProjectConfig | null;
  /** Setup and checks that were found in the files of the base commit. */
  found: readonly Check[];
  defaults: { agent: string; reviewer: string | null; merge?: MergePolicy; together?: TogetherMode };
}

export interface ProjectValues {
  agent: Sourced<string>;
  /** Null if the model is chosen by difficulty. */
  model: Sourced<string | null>;
  /** Null if nobody reviews. */
  reviewer: Sourced<string | null>;
  /** The maximum cost of one work order; if null, the estimate and the budget limits apply. */
  limitUsd: Sourced<number | null>;
  /** The time limit of the agent. */
  timeMs: Sourced<number>;
  setup: Sourced<readonly Check[]>;
  checks: Sourced<readonly Check[]>;
  /** The programs that run beside agents and checks. */
  services: Sourced<NonNullable<ProjectSettings['services']>>;
  /** When Moose merges the pull request. */
  merge: Sourced<MergePolicy>;
  /** How a change with green checks is judged. */
  verify: Sourced<VerifyLevel>;
  /** With which open changes a change is checked before it is published. */
  together: Sourced<TogetherMode>;
  /** The container image in which the project's sessions run; null for none. */
  image: Sourced<string | null>;
}

export function projectValues({ run, order, project, file, found, defaults }: ValueLayers): ProjectValues {
  const agent = first<string>(
    ['run', run?.agent],
    ['work order', order?.agent],
    ['project', project.agent],
    ['file', file?.agent],
    ['default', defaults.agent],
  );
  return {
    agent,
    model: first<string | null>(
      ['run', run?.model],
      ['work order', order?.model],
      ['project', project.model],
      ['file', file?.model],
      ['default', null],
    ),
    reviewer: first<string | null>(
      ['project', project.reviewer === nobody ? null : project.reviewer],
      ['file', file?.reviewer === nobody ? null : file?.reviewer],
      ['default', defaults.reviewer],
    ),
    limitUsd: first<number | null>(
      ['work order', order?.limitUsd],
      ['project', project.work_order_limit_usd],
      ['file', file?.limitUsd],
      ['default', null],
    ),
    timeMs: first<number>(
      ['work order', order?.timeMs],
      ['project', project.time_limit_ms],
      ['file', file?.timeMs],
      ['default', defaultTimeMs(agent.value)],
    ),
    merge: first<MergePolicy>(
      ['project', project.merge],
      ['file', file?.merge],
      ['default', defaults.merge ?? 'never'],
    ),
    verify: first<VerifyLevel>(
      ['project', project.verify],
      ['file', file?.verify],
      ['default', defaultVerifyLevel],
    ),
    together: first<TogetherMode>(
      ['project', project.together],
      ['file', file?.together],
      ['default', defaults.together ?? togetherModes[0]],
    ),
    image: imageValue(project, file),
    services: first<NonNullable<ProjectSettings['services']>>(
      ['project', project.services],
      ['file', file?.services],
      ['default', {}],
    ),
    ...commandsOf(order?.checks, project, file, found),
  };
}

/** The same by itself, where nothing else of the project is asked for. */
export function togetherOf(
  { together }: Pick<ProjectSettings, 'together'>,
  file: Pick<ProjectConfig, 'together'> | null,
  { together: ofAll }: { together: TogetherMode },
): TogetherMode {
  return together ?? file?.together ?? ofAll;
}

export function imageValue(
  { image }: Pick<ProjectSettings, 'image'>,
  file: Pick<ProjectConfig, 'container'> | null,
): Sourced<string | null> {
  return first<string | null>(
    ['project', image === noImage ? null : image],
    ['file', file?.container?.image],
    ['default', null],
  );
}

/**
 * A list that a person sets is complete: nothing found is added to it. The file's setup stays, unless the list has its
 * own setup.
 */
function commandsOf(
  ofOrder: readonly Check[] | undefined,
  { checks: ofProject, setup: setupOfProject }: ProjectSettings,
  file: ProjectConfig | null,
  found: readonly Check[],
): Pick<ProjectValues, 'setup' | 'checks'> {
  const given = ofOrder ?? ofProject;
  const source: ValueSource = ofOrder ? 'work order' : 'project';
  const ofFile = file?.setup?.map((command): Check => ({ kind: 'setup', command, source: 'file' }));
  const setup = given && setupOf(given);
  const ownSetup = setupOfProject?.map((command): Check => ({ kind: 'setup', command, source: 'given' }));
  return {
    setup: first<readonly Check[]>(
      ['work order', ofOrder && setup && setup.length > 0 ? setup : undefined],
      ['project', ownSetup],
      [source, setup && setup.length > 0 ? setup : undefined],
      ['file', ofFile],
      ['found', given ? undefined : setupOf(found)],
      ['default', []],
    ),
    checks: first<readonly Check[]>(
      [source, given && checksOf(given)],
      ['file', file?.checks?.map((check): Check => ({ ...check, source: 'file' }))],
      ['found', checksOf(found)],
    ),
  };
}

const setupOf = (checks: readonly Check[]) => checks.filter(({ kind }) => kind === 'setup');
const checksOf = (checks: readonly Check[]) => checks.filter(({ kind }) => kind !== 'setup');

function first<Value>(...said: (readonly [ValueSource, Value | undefined])[]): Sourced<Value> {
  for (const [source, value] of said) if (value !== undefined) return { value, source };
  throw new TypeError('The last one always has a value');
}
