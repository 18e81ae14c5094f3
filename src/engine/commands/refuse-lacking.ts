// Whether the work can be done at all: a missing agent or a model without a key is reported at submission, not when the
// work order starts (R-SES-4).
import { type MooseError, PermanentError } from '../../domain/failure.ts';
import { asSentence } from '../../domain/sentence.ts';
import type { ProjectSettings } from '../../domain/work-order.ts';
import type { Database } from '../../store/database.ts';
import { type LiveProcess, liveProcesses } from '../../store/work/executors.ts';
import { projectAt, projectNamed } from '../../store/work/projects.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { lackElsewhere } from './lack-elsewhere.ts';
import type { GivenRepository } from './project-of-submission.ts';
import type { KnownNames } from './refuse-unknown.ts';

export interface AgentChoice {
  agent?: string | undefined;
  model?: string | undefined;
  /** The project's own setting about logins. */
  login?: ProjectSettings['login'];
}

interface Deps {
  database: Database;
  known: KnownNames;
  settings?: { readonly current: EngineSettings } | undefined;
}

/**
 * Returns warnings instead if a running process may be able to do the work.
 * @throws PermanentError with the code of what is missing, if no running process could do the work
 */
export async function refuseLacking(
  { database, known, settings }: Deps,
  wish: AgentChoice,
  given: Pick<GivenRepository, 'project' | 'repositoryPath'> = {},
): Promise<string[]> {
  if (!settings) return [];
  const { current } = settings;
  const wanted = await withProject(database, wish, given);
  const own = (await known.lacks?.(wanted, current)) ?? null;
  const live = await database.run(liveProcesses);
  const isThis = (one: LiveProcess) => one.host === current.host && one.pid === process.pid;
  const others = live.filter((one) => !isThis(one));
  if (others.length === 0) return own === null ? [] : refuse(own);
  const agent = wanted.agent ?? current.defaultAgent;
  const canLogIn = known.loginOf?.(agent) !== undefined;
  const asked = { agent, model: wanted.model, ...(canLogIn ? { login: wanted.login } : {}) };
  const found = others.map(({ abilities }) => lackElsewhere(abilities, asked));
  const lacks = live.some(isThis) ? [own, ...found] : found;
  if (lacks.every((lack) => lack === null)) return [];
  const first = lacks.find((lack) => lack !== undefined && lack !== null);
  if (first && lacks.every((lack) => lack !== undefined && lack !== null)) return refuse(first, others);
  // Some process can do it, or does not report what it can do.
  const missing = first ?? own;
  return missing ? [mayFail(missing, lacks)] : [];
}

/** What the project's own settings choose, unless the work order chooses. */
async function withProject(
  database: Database,
  wish: AgentChoice,
  { project: named, repositoryPath = '' }: Pick<GivenRepository, 'project' | 'repositoryPath'>,
): Promise<AgentChoice> {
  const project = await database.run((query) =>
    named === undefined ? projectAt(query, { repositoryPath }) : projectNamed(query, named),
  );
  const { agent, model, login } = project?.settings ?? {};
  return { agent: wish.agent ?? agent, model: wish.model ?? model, login };
}

function mayFail({ message, advice = '' }: Lacking, lacks: readonly unknown[]): string {
  const lacking = lacks.filter((lack) => lack !== null && lack !== undefined).length;
  const who =
    lacking > 0
      ? `${lacking} of ${lacks.length} running Moose processes cannot do this work, and it fails if one of them takes it.`
      : `It works only if ${lacks.length === 1 ? 'another running Moose process has' : `one of ${lacks.length} other running Moose processes has`} what is missing here.`;
  return `${asSentence(message)} ${who} ${advice}`.trim();
}

type Lacking = Pick<MooseError, 'code' | 'message'> & Partial<Pick<MooseError, 'advice' | 'failureClass'>>;

/** Nothing is stored: the same submission works once the missing thing is available. */
function refuse(
  { code, message, advice = '', failureClass }: Lacking,
  where: readonly LiveProcess[] = [],
): never {
  const [first, ...more] = [...new Set(where.map(({ host }) => host))];
  const who =
    first === undefined
      ? ''
      : `The Moose that is running on ${more.length === 0 ? first : `${first} and ${more.length} other machines`} cannot do this work. `;
  throw new PermanentError({
    code,
    advice,
    ...(failureClass === undefined ? {} : { failureClass }),
    component: 'intake',
    operation: 'submit',
    message: `${who}${asSentence(message)} Nothing was submitted.`,
  });
}
