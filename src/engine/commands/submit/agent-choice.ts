// Whether the chosen agent and model can do the work: an unknown name, a missing agent or a model without a key is reported at
// submission, not when the work order starts (R-SES-4).
import type { Abilities, Lack } from '../../../domain/agents/abilities.ts';
import type { TranscriptReader } from '../../../domain/agents/transcript-part.ts';
import { type ConfigurationError, type MooseError, PermanentError } from '../../../domain/failure.ts';
import type { ProjectSettings } from '../../../domain/project-settings/project-settings.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Database } from '../../../store/database.ts';
import { projectAt, projectNamed } from '../../../store/work/projects/projects.ts';
import { type LiveProcess, liveProcesses } from '../../../store/work/runs/executors.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import type { AgentLogin, AgentProbe } from '../../ports/agent.ts';
import { commandFailures } from '../failure-catalogue.ts';
import type { GivenRepository } from './project-of-submission.ts';

export interface KnownNames {
  agentNames: readonly string[];
  /** @throws ConfigurationError for a name that no configured provider has */
  assertModel(name: string): Promise<void>;
  /** Whether the agent itself calls models; if absent, this is unknown. */
  callsModels?(agentName: string): boolean;
  /** How the agent uses a person's login; undefined if it cannot. */
  loginOf?(agentName: string): AgentLogin | undefined;
  /** How the agent's output is read; undefined if it prints text for people. */
  transcriptOf?(agentName: string): TranscriptReader | undefined;
  /** Whether this machine has the agent's program, and which version; if absent, it has none. */
  probe?(agentName: string): Promise<AgentProbe>;
  /** Whether the provider can be called from here; if absent, none can. */
  hasKey?(provider: string): Promise<boolean>;
  /** What this process can do; if absent, this is unknown. */
  abilities?(settings: EngineSettings): Promise<Abilities>;
  /** What this machine lacks for such a work order; null if nothing. If absent, this is unknown. */
  lacks?(wish: AgentChoice, settings: EngineSettings): Promise<MooseError | null>;
}

/** @throws ConfigurationError `AGENT_UNKNOWN`, and the errors of `assertModel` */
export async function refuseUnknown(
  { agentNames, assertModel }: KnownNames,
  { agent, model }: { agent?: string | undefined; model?: string | undefined },
): Promise<void> {
  if (agent && !agentNames.includes(agent)) throw unknownAgent(agent, agentNames);
  if (model) await assertModel(model);
}

/** @param where - the place that names the agent, if it was not named by the person who reads this */
export function unknownAgent(
  name: string,
  agentNames: readonly string[],
  where?: string,
): ConfigurationError {
  return commandFailures.AGENT_UNKNOWN('choose agent', {
    name,
    namedBy: where === undefined ? '' : `, which ${where} names`,
    agentNames: agentNames.join(', '),
  });
}

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

export interface Wanted {
  agent: string;
  model?: string | undefined;
  /** The project's own setting about logins; only an agent that can use a login has one. */
  login?: ProjectSettings['login'];
}

/**
 * What another process lacks for a work order, by its own report. Pure. Null if it can do the work; undefined if it
 * does not report what it can do.
 */
function lackElsewhere(
  abilities: Abilities | null,
  { agent, model, login }: Wanted,
): Lack | null | undefined {
  if (abilities === null) return undefined;
  if (login === 'use' || (login !== 'never' && abilities.logins.includes(agent))) return null;
  if (model === undefined) return abilities.lacks[agent] ?? null;
  const provider = model.slice(0, Math.max(0, model.indexOf('/')));
  if (abilities.providers.includes(provider)) return null;
  return {
    code: 'MODEL_KEY_MISSING',
    message: `There is no API key for ${model}.`,
    advice: `Set the key of ${provider} where Moose runs, and start it again; or name another model.`,
  };
}
