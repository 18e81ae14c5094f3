// Each row of the recovery table is used by some code: by the step, or the call, whose failures it describes.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalogueEntries } from '../src/app/errors/failure-catalogues.ts';
import { failureCategories, failureClasses } from '../src/domain/failure.ts';
import { stepTable } from '../src/engine/pipeline/execute-run.ts';
import { defaultRecoveryPolicies } from '../src/engine/policy/default-policies.ts';
import {
  codeFits,
  decideRecovery,
  policyFor,
  type RecoveryComponent,
  type RecoveryPolicy,
} from '../src/engine/policy/recovery-policy.ts';
import {
  isNode,
  type Node,
  nameOf,
  nodesOf,
  type SourceFile,
  sourceFiles,
  stringOf,
} from './source-files.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const isShipped = ({ path }: SourceFile) => !/\.(test|fixture)\.ts$/.test(path);

/**
 * Finds the code that asks the table about each component: `carry` for every step that it runs, and each call to an
 * external system.
 */
function findCallers(files: readonly SourceFile[]): Map<string, string[]> {
  const callers = new Map<string, string[]>();
  const add = (component: string, path: string) =>
    callers.set(component, [...(callers.get(component) ?? []), path]);
  for (const step of Object.keys(stepTable)) add(step, 'src/engine/pipeline/execute-run.ts');
  for (const file of files) {
    const nodes = nodesOf(file);
    for (const call of nodes.filter(isGuardedCall)) {
      const operation = resolved(argumentOf(call), nodes);
      const within = nodes.filter(({ start, end }) => start >= operation.start && end <= operation.end);
      for (const { type, key, value } of within)
        if (type === 'Property' && nameOf(key) === 'component') add(stringOf(value) ?? 'computed', file.path);
    }
  }
  return callers;
}

const isGuardedCall = ({ type, callee }: Node) =>
  type === 'CallExpression' && isNode(callee) && nameOf(callee.property) === 'executeWithRecovery';

const argumentOf = ({ arguments: given }: Node) => (given as Node[])[0] as Node;

/** The value of a constant that is passed by name. */
function resolved(node: Node, nodes: readonly Node[]): Node {
  const name = node.type === 'Identifier' ? nameOf(node) : null;
  const declared = nodes.find(({ type, id }) => type === 'VariableDeclarator' && nameOf(id) === name);
  return name !== null && isNode(declared?.init) ? declared.init : node;
}

const files = sourceFiles(rootPath, ['src'], /\.ts$/).filter(isShipped);
const callers = findCallers(files);
/** What the catalogues raise: a code that occurs only in the table is useless. */
const raised = catalogueEntries.filter((entry) => 'kind' in entry);

/** A failure that this row decides about, if a caller passes its component; undefined if there is none. */
function failureFor(rows: readonly RecoveryPolicy[], row: RecoveryPolicy) {
  const known = row.code === undefined ? undefined : raised.find(({ code }) => codeFits(row.code, code));
  if (row.code !== undefined && known === undefined) return undefined;
  for (const component of callers.keys() as MapIterator<RecoveryComponent>) {
    for (const category of known ? [known.kind] : failureCategories) {
      for (const failureClass of failureClasses) {
        const failure = { category, failureClass, code: known?.code ?? 'ANOTHER', retryAfterMs: undefined };
        if (policyFor(rows, component, failure) === row) return { component, failure };
      }
    }
  }
  return undefined;
}

const unreached = (rows: readonly RecoveryPolicy[]) => rows.filter((row) => !failureFor(rows, row));

test('R-REC-5: every row of the table is reached by a caller, and decides about a failure', () => {
  expect(unreached(defaultRecoveryPolicies)).toEqual([]);
  for (const row of defaultRecoveryPolicies) {
    const { component, failure } = failureFor(defaultRecoveryPolicies, row) ?? expect.unreachable();
    const fresh = { retries: 0, pauses: 0 };
    expect(decideRecovery(defaultRecoveryPolicies, component, failure, fresh)).toMatchObject({
      act: row.act,
      because: row.because,
    });
  }
});

test('calls to models and to the forge ask the recovery table themselves', () => {
  expect(callers.get('model')).toEqual([
    'src/engine/pipeline/generating/propose.ts',
    'src/engine/specs/intake/ask-architect.ts',
  ]);
  expect(callers.get('forge')).toEqual(['src/engine/recovery/ask-forge.ts']);
});

const planted = { failureClass: '*', category: '*', act: 'escalate', because: 'planted' } as const;

test.each<[string, RecoveryPolicy]>([
  ['of a component that nobody passes', { ...planted, component: 'notifier' as RecoveryComponent }],
  ['of a code that nobody raises', { ...planted, component: 'applying', code: 'NEVER_RAISED' }],
  [
    'of a code that is raised in another category',
    { ...planted, component: 'model', category: 'configuration', code: 'MODEL_TIMEOUT' },
  ],
])('the check works: it finds a row %s', (_, row) => {
  expect(unreached([row, ...defaultRecoveryPolicies])).toEqual([row]);
});

test('the check works: it finds a row after one that matches all of its failures', () => {
  const first = defaultRecoveryPolicies.find(({ component }) => component === 'forge') as RecoveryPolicy;
  const hidden = { ...first, because: 'planted' };
  expect(unreached([...defaultRecoveryPolicies, hidden])).toEqual([hidden]);
});

test('the check works: it finds the rows of a component without a caller', () => {
  const askers = callers.get('model') ?? [];
  const others = [...callers.values()].flat().filter((path) => !askers.includes(path));
  const without = files.filter(({ path }) => others.includes(path));
  expect([...findCallers(without).keys()]).toContain('forge');
  expect([...findCallers(without).keys()]).not.toContain('model');
});
