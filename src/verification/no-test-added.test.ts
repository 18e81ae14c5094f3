import { expect, test } from 'vitest';
import { noTestAdded } from './no-test-added.ts';

const file = (path: string, after: string | null = 'x') => ({ path, before: null, after, attributes: null });
const asks = { asksForTest: true };
const tests = [{ kind: 'test' as const }];

test.each<[string, ReturnType<typeof file>[], boolean]>([
  ['only the product', [file('src/cart.js')], true],
  ['a test too', [file('src/cart.js'), file('test/cart.test.js')], false],
  ['a test that it deletes', [file('src/cart.js'), file('test/cart.test.js', null)], true],
  [
    'a Rust file with tests in it',
    [file('src/lib.rs', '#[cfg(test)]\nmod tests { #[test] fn a() {} }')],
    false,
  ],
])('R-GREEN-4: the task asks for a test, and the change touches %s', (_, files, isTold) => {
  const found = noTestAdded(tests, { files: files as never, task: asks });
  expect(found.map(({ weight, kind }) => `${weight} ${kind}`)).toEqual(isTold ? ['tells no_test_added'] : []);
});

test('nothing is told if the task asks for no test, or if nothing tests', () => {
  const files = [file('src/cart.js')] as never;
  expect(noTestAdded(tests, { files, task: { asksForTest: false } })).toEqual([]);
  expect(noTestAdded([{ kind: 'lint' }], { files, task: asks })).toEqual([]);
});
