import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findBreaches, findCircles } from './check-floors.ts';
import { environmentReaders, floors } from './floors.ts';
import { sourceFiles } from './source-files.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
/** These two files may read the environment without a listed reason: it is their task. */
const compositionRoot = ['src/main.ts', 'src/app/config/config.ts'];

const plantedPath = fileURLToPath(new URL('fixtures/planted-breach', import.meta.url));

// The test reads every file, which takes half a minute on a busy machine.
test('every import keeps to the floors', () => {
  expect(findBreaches(rootPath)).toEqual([]);
});

test('no files import each other in a circle, not even types', () => {
  expect(findCircles(rootPath)).toEqual([]);
});

test('the check works: it finds exactly the planted circles', () => {
  expect(findCircles(plantedPath)).toEqual([
    ['src/engine/engine.ts', 'src/engine/ports/port.ts'],
    ['src/engine/pipeline/applying/act.ts', 'src/engine/pipeline/routing/climbs.ts'],
  ]);
});

test('the check works: it finds exactly the planted breaches', () => {
  expect(findBreaches(plantedPath).sort()).toEqual([
    'src/agents/first/agent.ts:2: the adapter first may not import src/agents/second/agent.ts',
    'src/agents/first/agent.ts:3: src/agents may not import src/engine/engine.ts',
    'src/agents/first/agent.ts:4: src/agents may not import src/forges/local.ts',
    'src/cli/printer.test.ts:2: src/cli may not import src/demo/model.ts',
    'src/cli/printer.ts:1: src/cli may not import src/demo/model.ts',
    'src/cli/printer.ts:2: src/cli may not import src/app/config/config.ts',
    'src/cli/printer.ts:3: src/cli may not import test/database.ts',
    'src/demo/reaches.ts:1: only the composition root may import src/main.ts',
    'src/demo/reaches.ts:2: only the composition root may import test/database.ts',
    'src/domain/upward.ts:2: src/domain may not import src/engine/engine.ts',
    'src/domain/upward.ts:3: src/domain may not import src/store/store.ts',
    'src/domain/upward.ts:4: src/domain may not import src/engine/ports/port.ts',
    'src/domain/upward.ts:5: src/domain may not import src/engine/ports/port.ts',
    'src/domain/upward.ts:6: src/domain may not import src/gateway/proxy.ts',
    'src/domain/upward.ts:7: imports a computed path, which no rule can check',
    'src/engine/pipeline/applying/act.ts:1: src/engine/pipeline/applying may not import src/engine/pipeline/routing/climbs.ts',
    'src/engine/pipeline/groups/below.ts:1: src/engine/pipeline/groups may not import src/engine/pipeline/failure/end.ts',
    'src/engine/pipeline/routing/climbs.ts:1: src/engine/pipeline/routing may not import src/engine/pipeline/applying/act.ts',
    'src/engine/ports/port.ts:1: src/engine/ports may not import src/engine/engine.ts',
    'src/engine/run/budget/climbs.ts:1: src/engine/run may not import src/engine/pipeline/step.ts',
    'src/engine/run/budget/climbs.ts:4: src/engine/run may import types alone from src/contract/contract.ts',
    'src/gateway/proxy.ts:1: may not read the environment',
    'src/gateway/proxy.ts:3: may not read the environment',
    'src/gateway/proxy.ts:4: may not read the environment',
    'src/gateway/proxy.ts:4: may not read the environment',
    'src/store/store.ts:1: only src/durable may import graphile-worker',
    'src/stray/stray.ts:1: is on no floor of the table',
    'web/page.tsx:2: web may import types alone from src/contract/contract.ts',
    'web/page.tsx:3: web may not import src/cli/printer.ts',
  ]);
});

test('the table names each path once, and every allowed import is in the table', () => {
  const paths = floors.map((floor) => floor.path);
  expect(new Set(paths).size).toBe(paths.length);
  const imported = floors.flatMap((floor) => (floor.mayImport === 'all' ? [] : floor.mayImport));
  const unknown = imported.filter(
    (path) => !paths.some((each) => path === each || path.startsWith(`${each}/`)),
  );
  expect(unknown).toEqual([]);
});

test('no floor imports from a higher one', () => {
  const levels = new Map(floors.map((floor) => [floor.path, Number(floor.level)]));
  const upward = floors.flatMap(({ path, level, mayImport }) =>
    mayImport === 'all'
      ? []
      : mayImport.filter((each) => (levels.get(each) ?? 0) > Number(level)).map((each) => [path, each]),
  );
  expect(upward).toEqual([]);
});

test('every exception for a file that reads the environment is in use', () => {
  const files = sourceFiles(rootPath, ['src'], /\.ts$/);
  const readers = files.filter((file) => /process\b.*\benv\b/.test(file.text)).map((file) => file.path);
  const exceptions = Object.keys(environmentReaders).filter((path) => !compositionRoot.includes(path));
  expect(exceptions.filter((path) => !readers.includes(path))).toEqual([]);
});
