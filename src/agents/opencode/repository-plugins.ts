// Refuses a worktree that contains OpenCode plugins: OpenCode runs them inside itself, with the session's key, whatever
// its options and variables, so such a repository could bypass the gateway (R-BUD-6).

import { join } from 'node:path';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import { listIfThere, readIfThere } from '../home-files.ts';
import { parseJsonLine } from '../json-lines.ts';

const folders = ['.opencode/plugin', '.opencode/plugins'];
const configurations = ['opencode.json', 'opencode.jsonc'].flatMap((name) => [name, `.opencode/${name}`]);

/** @throws MooseError `AGENT_REPOSITORY_PLUGINS` */
export async function refuseRepositoryPlugins(worktreePath: string): Promise<void> {
  const path = await findPlugin(worktreePath);
  if (path === null) return;
  throw agentFailures.AGENT_REPOSITORY_PLUGINS({ operation: 'prepare', metadata: { path } }, { path });
}

async function findPlugin(worktreePath: string): Promise<string | null> {
  for (const folder of folders) {
    const file = (await listIfThere(join(worktreePath, folder))).find((name) => /\.[jt]s$/.test(name));
    if (file !== undefined) return `${folder}/${file}`;
  }
  for (const name of configurations) {
    const text = await readIfThere(join(worktreePath, name));
    if (text !== null && namesPlugins(text)) return name;
  }
  return null;
}

/**
 * A file that is not plain JSON, for example because of comments, is searched for these words: better to refuse one
 * repository too many than one too few.
 */
function namesPlugins(text: string): boolean {
  const configuration = parseJsonLine(text);
  if (configuration === null) return /plugin|\\u/i.test(text);
  return [configuration.plugin, configuration.plugins].some(
    (plugins) => plugins !== undefined && JSON.stringify(plugins) !== '[]',
  );
}
