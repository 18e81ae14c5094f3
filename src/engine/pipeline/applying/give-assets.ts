// Gives an agent the instructions, skills and servers that a trusted project's base commit has for it, as copies in the
// session's own folder: neither the change nor an earlier session can influence them.
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GivenAssets } from '../../../domain/agents/agent-assets.ts';
import { changedSince } from '../../../git/worktree/changed-since.ts';
import { writePassing } from '../../../stdx/files/passing-files.ts';
import { toJson } from '../../../store/storable.ts';
import { type SessionRow, updateSession } from '../../../store/work/sessions/session-rows.ts';
import type { Agent, AgentAssets } from '../../ports/agent.ts';
import { type FoundAssets, findAssets } from '../../run/assets/find-assets.ts';
import { isTouched } from '../../run/assets/read-servers.ts';
import { fenced, type Work } from '../../run/work.ts';
import { ownPathOf } from '../../workplace/sessions/session-files.ts';

interface Place {
  session: Pick<SessionRow, 'id' | 'directory'>;
  worktreePath: string;
  baseSha: string;
}

/** Undefined unless a person trusts the project. The session's row records it before the agent starts. */
export async function giveAssets(work: Work, agent: Agent, place: Place): Promise<AgentAssets | undefined> {
  const { project, signal } = work;
  if (project.settings.trusted !== true || !agent.writesCode) return undefined;
  const { repositoryPath } = project;
  const found = await findAssets(repositoryPath, place.baseSha, { agent: agent.name, signal });
  const withheld = await withholdServers(work, agent, place, found);
  const assets: AgentAssets = { ...(await copied(found, place)), servers: withheld.servers };
  const given: GivenAssets = {
    instructions: assets.instructions.map(({ path }) => path),
    skills: assets.skills.map(({ name }) => name),
    servers: assets.servers.map(({ name }) => name),
    leftOut: [...found.leftOut, ...withheld.leftOut].slice(0, shownMax),
  };
  await fenced(work, (query) => updateSession(query, place.session.id, { assets: toJson(given) }));
  return assets;
}

const shownMax = 50;

async function withholdServers(
  work: Work,
  agent: Agent,
  { worktreePath, baseSha }: Place,
  { servers }: FoundAssets,
): Promise<Pick<FoundAssets, 'servers' | 'leftOut'>> {
  const without = (because: string, some = servers) => some.map(({ name }) => ({ name, because }));
  if (servers.length === 0) return { servers, leftOut: [] };
  if (agent.takesServers !== true)
    return { servers: [], leftOut: without(`${agent.name} gets no servers from Moose`) };
  const changed = await changedSince(worktreePath, baseSha, { signal: work.signal });
  const touched = servers.filter((server) => isTouched(server, changed));
  return {
    servers: servers.filter((server) => !touched.includes(server)),
    leftOut: without('the change has touched its program', touched),
  };
}

async function copied(
  { instructions, skills }: FoundAssets,
  { session }: Place,
): Promise<Pick<AgentAssets, 'instructions' | 'skills'>> {
  const folder = join(ownPathOf(session), 'told', 'assets');
  await rm(folder, { recursive: true, force: true });
  const put = async (path: string, text: string) => {
    const copy = join(folder, path);
    await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
    await writePassing(copy, text, { mode: 0o600 });
    return copy;
  };
  const given: Pick<AgentAssets, 'instructions' | 'skills'> = { instructions: [], skills: [] };
  for (const [path, text] of instructions)
    given.instructions.push({ path, copy: await put(join('instructions', path), text) });
  for (const { name, description, files } of skills) {
    for (const [path, text] of files) await put(join('skills', name, path), text);
    given.skills.push({ name, description, copy: join(folder, 'skills', name, 'SKILL.md') });
  }
  return given;
}
