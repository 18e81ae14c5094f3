// For tests: a published package of some hundred files with the tests of its authors, and a spec for it in five work orders:
// a diamond, and a chain below it.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachePath } from '../../../scripts/agents/install-agent.ts';
import type { Script } from '../../../src/demo/scripted-answer.ts';
import { planned, planOf } from '../../../src/domain/plan/plan.fixture.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { makeDirectory } from '../../../src/stdx/files/make-directory.ts';
import { workflowOf } from '../../forges/gitea-runner.fixture.ts';
import { fromNpm, type Recipe } from '../real-projects/recipe.fixture.ts';
import { realProject } from '../real-projects/recipes.fixture.ts';

/** Its authors' tests export functions; this runs those that need no other package. */
export const testCommand = 'node run-tests.cjs';
const version = 3;

const published: Recipe = {
  name: 'es5-ext',
  ecosystem: 'npm package',
  test: testCommand,
  needs: ['npm'],
  async make(folder, scratch) {
    await fromNpm('es5-ext@0.10.53', folder, scratch);
    await copyFile(join(import.meta.dirname, 'run-tests.cjs'), join(folder, 'run-tests.cjs'));
    await mkdir(join(folder, '.moose'));
    // Its tests need nothing that is to be installed.
    const config = `setup:\n  - 'true'\nchecks:\n  - kind: test\n    command: ${testCommand}\n`;
    await writeFile(join(folder, '.moose/config.yml'), config);
    await mkdir(join(folder, '.gitea/workflows'), { recursive: true });
    await writeFile(join(folder, '.gitea/workflows/ci.yaml'), workflowOf());
  },
};

/** The path of its repository, which is made once on this machine. */
export async function publishedPackage(): Promise<string> {
  const cache = join(cachePath, `stacked-${version}`);
  await makeDirectory(cache, 0o755);
  return realProject(published, cache);
}

interface Piece {
  on: string[];
  code: string;
  test: string;
}

const strict = '"use strict";\n\n';

/** Each needs the files of those that it depends on: alone on the base branch, its own test fails. */
export const pieces: Record<string, Piece> = {
  words: {
    on: [],
    code: `${strict}module.exports = function (text) {\n\treturn String(text).split(/[^A-Za-z0-9]+/).filter(Boolean);\n};\n`,
    test: `${strict}module.exports = function (t, a) { a.deep(t(" one, two "), ["one", "two"]); };\n`,
  },
  'title-case': {
    on: ['words'],
    code: `${strict}var words = require("./words"), capitalize = require("./#/capitalize");\n\nmodule.exports = function (text) {\n\treturn words(text).map(function (word) { return capitalize.call(word); }).join(" ");\n};\n`,
    test: `${strict}module.exports = function (t, a) { a(t("one two"), "One Two"); };\n`,
  },
  initials: {
    on: ['words'],
    code: `${strict}var words = require("./words");\n\nmodule.exports = function (text) {\n\treturn words(text).map(function (word) { return word[0].toUpperCase(); }).join("");\n};\n`,
    test: `${strict}module.exports = function (t, a) { a(t("one two"), "OT"); };\n`,
  },
  signature: {
    on: ['title-case', 'initials'],
    code: `${strict}var titleCase = require("./title-case"), initials = require("./initials");\n\nmodule.exports = function (name) { return titleCase(name) + " (" + initials(name) + ")"; };\n`,
    test: `${strict}module.exports = function (t, a) { a(t("ada lovelace"), "Ada Lovelace (AL)"); };\n`,
  },
  signatures: {
    on: ['signature'],
    code: `${strict}var signature = require("./signature");\n\nmodule.exports = function (names) { return names.map(signature).join("; "); };\n`,
    test: `${strict}module.exports = function (t, a) { a(t(["ada b", "c d"]), "Ada B (AB); C D (CD)"); };\n`,
  },
};

const filesOf = (key: string) => [`string/${key}.js`, `test/string/${key}.js`] as const;
export const titleOf = (key: string) => `Build ${key}`;

export const plan: Plan = planOf(
  Object.entries(pieces).map(([key, { on }]) => {
    const [source, test] = filesOf(key);
    return planned(key, {
      title: titleOf(key),
      depends_on: on,
      description: `Write ${source}.`,
      acceptance: [{ text: `${key} works`, proof: 'test', target: test }],
      files: [
        { path: source, act: 'create', kind: 'source' },
        { path: test, act: 'create', kind: 'test' },
      ],
    });
  }),
);

/** What the model proposes for this work order. */
export function proposalFor(key: string): Script {
  const { code, test } = pieces[key] ?? { code: '', test: '' };
  const [source, own] = filesOf(key);
  const write = (path: string, content: string) => ({ kind: 'write' as const, path, content });
  return () => ({ plan: `Write ${source}`, edits: [write(source, code), write(own, test)], risks: [] });
}

/** Says the name of somebody through all five pieces. */
export const judge = `const signatures = require('./string/signatures');
const said = signatures(['grace hopper', 'alan m turing']);
if (said !== 'Grace Hopper (GH); Alan M Turing (AMT)') throw new Error(said);`;
