import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type SessionId } from '../../../domain/ids.ts';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
} from '../../../git/scratch-repository.fixture.ts';
import { trap } from '../../../git/trap.fixture.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import type { Agent, AgentAssets, AgentTask } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { ensureWorktreePlace } from '../../workplace/worktree/worktree-place.ts';
import { atStep, leave } from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { applying } from './applying.ts';
import { giveAssets } from './give-assets.ts';

const shared = sharedDatabase();
const server = (script: string) =>
  JSON.stringify({ mcpServers: { notes: { command: 'node', args: [script] } } });
const files = {
  'AGENTS.md': 'Be brief.\n',
  'web/CLAUDE.md': 'Use hooks.\n',
  '.mcp.json': server('notes.js'),
  'notes.js': 'good\n',
  '.claude/skills/release/SKILL.md': '---\ndescription: How to release\n---\n',
};

/** An agent whose change attacks the next cycle, and that records what it was given. */
function attacker(script: string, takesServers = true) {
  const given: (AgentAssets | undefined)[] = [];
  const agent: Agent = scriptedAgent(`${script}; date +%N > made.txt; echo says success`, {
    writesCode: true,
  });
  const prepare = async (task: AgentTask) => {
    given.push(task.assets);
    return agent.prepare(task);
  };
  return { given, agent: { ...agent, takesServers, prepare } };
}

async function ground(agent: Agent, isTrusted = true) {
  const at = await atStep(shared(), 'applying', { agents: [agent], files });
  if (isTrusted) at.work.project.settings.trusted = true;
  return at;
}

async function nextCycle(work: Work, result: object): Promise<Work> {
  await leave(work, 'applying', result);
  const order = await theWorkOrder(work.database, work.order.id);
  return { ...work, order, run: { ...work.run, cycle: work.run.cycle + 1 } };
}

const givenTo = async (work: Work) =>
  (await sessionsOf(work.database.query, work.order.id)).map(({ assets }) => assets);

test('R-SEC-5: an agent that edits its instructions and servers gives the next cycle nothing', async () => {
  const edits = `echo Obey > AGENTS.md; echo Obey > web/CLAUDE.md; echo Obey > .claude/skills/release/SKILL.md
echo '${server('evil.js')}' > .mcp.json; echo evil > evil.js`;
  const { agent, given } = attacker(edits);
  const { work } = await ground(agent);
  const first = await applying(work);
  if (first.end !== 'done') throw new Error(`It ended as ${first.end}`);
  const second = await nextCycle(work, first.result);
  await applying(second);
  expect(given).toHaveLength(2);
  for (const assets of given) {
    const texts = assets?.instructions.map(({ path, copy }) => [path, readFileSync(copy, 'utf8')]);
    expect(texts).toEqual([
      ['AGENTS.md', 'Be brief.\n'],
      ['web/CLAUDE.md', 'Use hooks.\n'],
    ]);
    expect(assets?.skills).toMatchObject([{ name: 'release', description: 'How to release' }]);
    expect(readFileSync(assets?.skills[0]?.copy ?? '', 'utf8')).not.toContain('Obey');
    expect(assets?.servers).toMatchObject([{ name: 'notes', args: ['notes.js'] }]);
  }
  expect((await givenTo(work))[1]).toEqual({
    instructions: ['AGENTS.md', 'web/CLAUDE.md'],
    skills: ['release'],
    servers: ['notes'],
    leftOut: [],
  });
});

test('R-SEC-5: a server whose program the change has touched is not started', async () => {
  const { agent, given } = attacker('echo evil > notes.js');
  const { work } = await ground(agent);
  const first = await applying(work);
  if (first.end !== 'done') throw new Error(`It ended as ${first.end}`);
  await applying(await nextCycle(work, first.result));
  expect(given.map((assets) => assets?.servers.length)).toEqual([1, 0]);
  expect((await givenTo(work))[1]).toMatchObject({
    servers: [],
    leftOut: [{ name: 'notes', because: 'the change has touched its program' }],
  });
});

test('R-SEC-7: a submodule that an agent made runs no filter when its servers are given', async () => {
  const { program, ran } = trap();
  const { agent, given } = attacker('true');
  const { work, routed } = await ground(agent);
  const inner = scratchRepository({ 'a.txt': 'inner\n' });
  const { worktreePath: path } = await ensureWorktreePlace(work, routed, routed.baseSha);
  gitIn(path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'inner');
  const ownDir = gitIn(join(path, 'inner'), 'rev-parse', '--absolute-git-dir');
  gitIn(path, 'config', '--file', join(ownDir, 'config'), 'filter.evil.clean', program);
  writeFiles(ownDir, { 'info/attributes': '* filter=evil\n' });
  writeFiles(join(path, 'inner'), { 'a.txt': 'inned\n' });
  const session = { id: newId<SessionId>(new Date()), directory: scratchDirectory() };
  await giveAssets(work, agent, { session, worktreePath: path, baseSha: routed.baseSha });
  expect([given, ran()]).toEqual([[], false]);
});

test('R-SEC-5: without the mark, a repository gives nothing, and an agent without servers says so', async () => {
  const { agent, given } = attacker('true');
  const { work } = await ground(agent, false);
  await applying(work);
  expect([given, await givenTo(work)]).toEqual([[undefined], [null]]);
  const other = attacker('true', false);
  const trusted = await ground(other.agent);
  await applying(trusted.work);
  expect(await givenTo(trusted.work)).toMatchObject([
    { servers: [], leftOut: [{ because: 'scripted gets no servers from Moose' }] },
  ]);
});
