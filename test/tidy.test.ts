import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { plantedMess } from './fixtures/planted-mess.ts';
import { nodesOf, type SourceFile, sourceFiles } from './source-files.ts';
import { tidyExceptions } from './tidy-exceptions.ts';
import { knownRequirements, type TidyRule, tidyRules } from './tidy-rules.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const folders = ['', 'src', 'web', 'test', 'chaos', 'bench', 'scripts', 'docs', 'deploy', 'examples'];
const files = sourceFiles(rootPath, folders, /(?<!package-lock)\.(ts|tsx|css|sql|md|json)$/);
const contract = files.find((file) => file.path === 'docs/spec.md');
const rules = [...tidyRules, knownRequirements(contract?.text ?? '')];

function findings(rule: TidyRule, file: SourceFile): string[] {
  if (!rule.applies(file.path)) return [];
  return rule.find(file, syntaxOf(file)).map(({ line, what }) => `${file.path}:${line}: ${what}`);
}

const syntax = new Map<SourceFile, ReturnType<typeof nodesOf>>();

function syntaxOf(file: SourceFile): ReturnType<typeof nodesOf> {
  const nodes = syntax.get(file) ?? (/\.tsx?$/.test(file.path) ? nodesOf(file) : []);
  syntax.set(file, nodes);
  return nodes;
}

function isExcepted(rule: TidyRule, file: SourceFile): boolean {
  return tidyExceptions.some((each) => each.rule === rule.name && covers(each.path, file.path));
}

const covers = (excepted: string, path: string) =>
  excepted.endsWith('/') ? path.startsWith(excepted) : path === excepted;

test.each(rules.map((rule) => [rule.name, rule] as const))('the house is in order: %s', (_, rule) => {
  expect(files.filter((file) => !isExcepted(rule, file)).flatMap((file) => findings(rule, file))).toEqual([]);
});

test.each(plantedMess.map((mess) => [mess.rule, mess.path, mess] as const))(
  'an empty check fails: %s finds what is planted in %s',
  (name, _, { path, text, found }) => {
    const rule = rules.find((each) => each.name === name);
    expect(rule === undefined ? undefined : findings(rule, { path, text })).toEqual(found);
  },
);

/** In a fuller one, nobody finds anything by its name. */
const filesOfFolderMax = 25;

test('no folder of src has more than 25 files besides tests', () => {
  const code = files.filter(({ path }) => /^src\/.*(?<!\.test|\.fixture)\.ts$/.test(path));
  const folders = Map.groupBy(code, ({ path }) => path.slice(0, path.lastIndexOf('/')));
  const full = [...folders].filter(([, { length }]) => length > filesOfFolderMax).map(([folder]) => folder);
  expect(full).toEqual([]);
});

test('every rule has a planted fault', () => {
  const planted = plantedMess.filter((mess) => mess.found.length > 0).map((mess) => mess.rule);
  expect(rules.map((rule) => rule.name).filter((name) => !planted.includes(name))).toEqual([]);
});

test('every exception is still needed', () => {
  const idle = tidyExceptions.filter(({ rule, path }) => {
    const excepted = files.filter((each) => covers(path, each.path));
    const found = rules
      .filter((each) => each.name === rule)
      .flatMap((each) => excepted.flatMap((file) => findings(each, file)));
    return found.length === 0;
  });
  expect(idle).toEqual([]);
});
