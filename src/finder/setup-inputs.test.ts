import { expect, test } from 'vitest';
import { committedFiles } from './committed-files.ts';
import { manifestsToRead, setupInputs } from './setup-inputs.ts';

function inputsOf(command: string, texts: Readonly<Record<string, string>>): string[] | null {
  const paths = Object.keys(texts);
  const read = manifestsToRead([command], paths);
  if (read === null) return null;
  const known = new Map(read.flatMap((path) => [[path, texts[path] ?? ''] as const]));
  return setupInputs([command], paths, committedFiles(paths, known));
}

const lib = { 'libs/x/x/core.py': '', 'libs/x/pyproject.toml': '[project]\nname = "x"\n', 'src/app.py': '' };
const pip = 'pip install -r requirements.txt';

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['a path in requirements', pip, { 'requirements.txt': 'requests==2.0\n./libs/x  # ours\n' }],
  ['a path with extras', pip, { 'requirements.txt': 'libs/x[dev] ; python_version > "3"\n' }],
  ['an address of a file', pip, { 'requirements.txt': 'x @ file:./libs/x\n' }],
  [
    'further requirements',
    pip,
    { 'requirements.txt': '-r requirements/a.in', 'requirements/a.in': '../libs/x' },
  ],
  ['requirements of another name', 'pip install -r deps.txt', { 'deps.txt': './libs/x\n' }],
  ['requirements in a folder', 'cd py && pip install -r deps.txt', { 'py/deps.txt': '../libs/x\n' }],
  ['a path of uv', 'uv sync', { 'pyproject.toml': '[tool.uv.sources]\nx = { path = "libs/x" }\n' }],
  ['a path of poetry', 'poetry install', { 'pyproject.toml': 'x = {path = "./libs/x", develop = false}\n' }],
  ['a root of pdm', 'pdm install', { 'pyproject.toml': '"x @ file:///\x24{PROJECT_ROOT}/libs/x",\n' }],
  ['file: of yarn', 'yarn install', { 'package.json': '{"dependencies": {"x": "file:libs/x"}}' }],
  ['a bare path of npm', 'npm ci', { 'package.json': '{"devDependencies": {"x": "./libs/x"}}' }],
  ['an override', 'pnpm install', { 'package.json': '{"pnpm": {"overrides": {"x": "file:./libs/x"}}}' }],
  ['in a folder', 'npm ci', { 'web/package.json': '{"dependencies": {"x": "file:../libs/x"}}' }],
  [
    'composer',
    'composer install',
    { 'composer.json': '{"repositories": [{"type": "path", "url": "libs/*"}]}' },
  ],
])(
  'R-PROJ-3: fear: checks judge old code of a local package that the setup copies: %s',
  (_, command, texts) => {
    const inputs = inputsOf(command, { ...lib, ...texts });
    expect(inputs).toContain('libs/x/x/core.py');
    expect(inputs).not.toContain('src/app.py');
  },
);

test.each<[string, string, Readonly<Record<string, string>>]>([
  ['the project itself', pip, { 'requirements.txt': '.\n' }],
  ['the project itself, by uv', 'uv sync --no-editable', { 'pyproject.toml': '' }],
  [
    'injected workspaces',
    'pnpm install',
    { 'package.json': '{"dependenciesMeta": {"x": {"injected": true}}}' },
  ],
  ['requirements that were not read', pip, { 'requirements.txt': '-r x.txt\n', 'x.txt': '' }],
])('R-PROJ-3: the result of a setup that copies %s depends on every file', (_, command, texts) => {
  expect(inputsOf(command, { ...lib, ...texts })).toBeNull();
});

test('R-PROJ-3: what is only linked is no part of the result, and keeps the cache', () => {
  const workspaces = { 'package.json': '{"workspaces": ["libs/*"], "main": "./libs/x"}' };
  expect(inputsOf('npm ci', { ...lib, ...workspaces })).toEqual(['libs/x/pyproject.toml', 'package.json']);
  const linked = { 'pyproject.toml': 'x = { path = "libs/x", editable = true }\n' };
  expect(inputsOf('uv sync', { ...lib, ...linked })).toEqual(['libs/x/pyproject.toml', 'pyproject.toml']);
  const outside = { 'requirements.txt': '../elsewhere/x\nhttps://host/libs/x.whl\n/abs/x\nnone/x\n' };
  expect(inputsOf(pip, { ...lib, ...outside })).toEqual(['libs/x/pyproject.toml', 'requirements.txt']);
});
