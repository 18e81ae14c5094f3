import type { Check } from '../../../domain/work-order/check.ts';
import type { Work } from '../../run/work.ts';

const inItsFolder = /^\(cd \S+ && /;
/** Build tools that download dependencies in whichever of their commands runs first. */
const fetchesItself = /^(?:sh )?(?:\.\/)?(go|cargo|mvn|gradle|dotnet)w? /;
/** Installs packages of its own language only. */
const installsItsOwn =
  /^(?:npm|pnpm|yarn|bun|deno|uv|poetry|pdm|pip3?|python3? -m (?:venv|pip)|bundle|composer|mix) /;

/** Whether a setup has already fetched what a build tool needs. A project's own command may do anything. */
function isFetched(tool: string, setup: readonly Check[]): boolean {
  return setup
    .map(({ command }) => command.replace(inItsFolder, ''))
    .some((command) => (fetchesItself.exec(command)?.[1] ?? tool) === tool && !installsItsOwn.test(command));
}

/** The network access of an isolated session that runs `run`, given all checks of its work order. */
export function networkOf(
  { settings }: Pick<Work, 'settings'>,
  run: readonly Check[],
  all: readonly Check[],
): 'none' | 'machine' {
  if (settings.checkNetwork !== 'setup') return settings.checkNetwork === 'all' ? 'machine' : 'none';
  const setup = all.filter(({ kind }) => kind === 'setup');
  const needs = ({ kind, command }: Check) => {
    const tool = fetchesItself.exec(command.replace(inItsFolder, ''))?.[1];
    return kind === 'setup' || (tool !== undefined && !isFetched(tool, setup));
  };
  return run.some(needs) ? 'machine' : 'none';
}
