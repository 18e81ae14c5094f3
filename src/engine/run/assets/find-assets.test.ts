import { expect, test } from 'vitest';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { findAssets } from './find-assets.ts';
import { isTouched, readServers } from './read-servers.ts';

const skill = '---\nname: release\ndescription: How to release\n---\nDo it.\n';

test('R-SEC-5: instructions of any folder, skills and servers are found at a commit, and nothing else is', async () => {
  const repository = scratchRepository({
    'AGENTS.md': 'Be brief.\n',
    'CLAUDE.md': 'Be brief.\n',
    'web/CLAUDE.md': 'Use hooks.\n',
    'GEMINI.md': 'For one agent.\n',
    '.claude/settings.json': '{"hooks":{}}',
    '.claude/skills/release/SKILL.md': skill,
    '.claude/skills/release/steps/one.md': 'One.\n',
    '.mcp.json': JSON.stringify({ mcpServers: { notes: { command: 'node', args: ['tools/notes.js'] } } }),
    'big/AGENTS.md': 'x'.repeat(200_000),
    'a\u001b[31m/AGENTS.md': 'x\n',
  });
  const commit = repository.headSha;
  repository.write({ 'AGENTS.md': 'Changed.\n' });
  const found = await findAssets(repository.path, commit, { agent: 'claude-code' });
  expect([...found.instructions]).toEqual([
    ['AGENTS.md', 'Be brief.\n'],
    ['web/CLAUDE.md', 'Use hooks.\n'],
  ]);
  const [{ name, description, files }] = found.skills as [(typeof found.skills)[number]];
  expect([name, description, [...files.keys()]]).toEqual([
    'release',
    'How to release',
    ['SKILL.md', 'steps/one.md'],
  ]);
  expect(found.servers).toEqual([{ name: 'notes', command: 'node', args: ['tools/notes.js'], env: {} }]);
  expect(found.leftOut).toMatchObject([{ name: 'big/AGENTS.md' }]);
  const forGemini = await findAssets(repository.path, commit, { agent: 'gemini-cli' });
  expect([...forGemini.instructions.keys()]).toContain('GEMINI.md');
});

test('limits: too many instruction files, skills that are too large, and too many servers are left out by name', async () => {
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`d${n}/AGENTS.md`, `${n}\n`]));
  const skills = Object.fromEntries(
    Array.from({ length: 51 }, (_, n) => [`.agents/skills/s${n}/SKILL.md`, skill]),
  );
  const repository = scratchRepository({
    ...many,
    ...skills,
    '.agents/skills/large/SKILL.md': 'x'.repeat(1_100_000),
  });
  const found = await findAssets(repository.path, repository.headSha);
  expect([found.instructions.size, found.skills.length]).toEqual([100, 50]);
  expect(found.leftOut.map(({ because }) => because)).toEqual([
    'only 100 instruction files are possible',
    'it has more than 200 files or 1048576 bytes',
    'only 50 skills are possible',
  ]);
});

const declared = (servers: unknown) => new Map([['.mcp.json', JSON.stringify({ mcpServers: servers })]]);

test.each([
  ['a name with other characters', { 'a b': { command: 'x' } }, 'its name has'],
  ['no object', { a: 'x' }, 'it is not an object'],
  ['an address', { a: { type: 'http', url: 'https://x.example' } }, 'it is reached over the network'],
  ['an option as command', { a: { command: '-u' } }, 'its command is not'],
  ['a variable as command', { a: { command: 'PATH=/tmp' } }, 'its command is not'],
  ['no list of words', { a: { command: 'x', args: [1] } }, 'its arguments are not'],
  ['variables that are no words', { a: { command: 'x', env: { A: 1 } } }, 'its variables are not'],
  ['variables that are no object', { a: { command: 'x', env: [] } }, 'its variables are not'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: programs expand it
  ['a reference', { a: { command: 'x', args: ['${ANTHROPIC_API_KEY}'] } }, 'it refers to a variable'],
  ['a reference of OpenCode', { a: { command: 'x', args: ['{env:HOME}'] } }, 'it refers to a variable'],
  ['a file of OpenCode', { a: { command: 'x', env: { A: '{file:/a}' } } }, 'it refers to a variable'],
])('fear: a server with %s is started', (_, servers, because) => {
  const found = readServers(declared(servers));
  expect(found.servers).toEqual([]);
  expect(found.leftOut).toMatchObject([{ because: expect.stringContaining(because) }]);
});

test('a file that is not valid JSON is left out, and the eleventh server too', () => {
  expect(readServers(new Map([['.mcp.json', '{']])).leftOut).toMatchObject([{ name: '.mcp.json' }]);
  expect(readServers(new Map([['.mcp.json', '[]']])).leftOut).toMatchObject([{ name: '.mcp.json' }]);
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`s${n}`, { command: 'x' }]));
  const found = readServers(declared(eleven));
  expect([found.servers.length, found.leftOut]).toMatchObject([10, [{ name: 's10' }]]);
});

test.each([
  [['tools/notes.js'], ['tools/notes.js'], true],
  [['./tools'], ['tools/lib/a.js'], true],
  [['--file=tools/notes.js'], ['tools/notes.js'], true],
  [['tools/notes.js'], ['tools/'], true],
  [['tools/notes.js'], ['tools/other.js'], false],
  [['tools/notes.js'], ['other/'], false],
])('a server that names %j is touched by a change of %j: %s', (args, changed, expected) => {
  expect(isTouched({ name: 'a', command: 'node', args, env: {} }, changed)).toBe(expected);
});

test.each([
  ['npm', ['run', 'server'], ['tools/notes.js'], true],
  ['npm', ['run', 'server'], [], false],
  ['/bin/sh', ['-c', 'cd tools && exec node notes.js'], ['tools/notes.js'], true],
  ['make', ['server'], ['README.md'], true],
  ['npx', ['-y', 'published-server'], ['src/a.ts'], false],
  ['npx', ['-y', 'published-server'], ['.npmrc'], true],
  ['npx', ['-y', 'published-server'], ['web/package.json'], true],
  ['uvx', ['published-server'], ['vendor/'], true],
])('fear: %s %j runs what a change of %j has put there: %s', (command, args, changed, expected) => {
  expect(isTouched({ name: 'a', command, args, env: {} }, changed)).toBe(expected);
});

test('R-AGENT-4: fear: a server of the repository takes the name of the server through which agents ask Moose', () => {
  const declared = { moose: { command: 'evil' }, Moose: { command: 'fine' } };
  const { servers, leftOut } = readServers(
    new Map([['.mcp.json', JSON.stringify({ mcpServers: declared })]]),
  );
  expect(servers.map(({ name }) => name)).toEqual(['Moose']);
  expect(leftOut).toEqual([{ name: 'moose', because: "the name belongs to Moose's own server" }]);
});
