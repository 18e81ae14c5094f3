import { expect, test } from 'vitest';
import { greenOnlyFromCache, withoutCaches } from './cached-results.ts';

test('R-GREEN-6: each tool is asked to run without its cache, beside what the project sets', () => {
  expect(withoutCaches({})).toEqual({
    TURBO_FORCE: 'true',
    NX_SKIP_NX_CACHE: 'true',
    GOFLAGS: '-count=1',
    GRADLE_OPTS: '-Dorg.gradle.caching=false',
    WIREIT_CACHE: 'none',
  });
  expect(withoutCaches({ GOFLAGS: '-mod=mod', GRADLE_OPTS: '-Xmx1g', TURBO_FORCE: 'false' })).toMatchObject({
    TURBO_FORCE: 'true',
    GOFLAGS: '-mod=mod -count=1',
    GRADLE_OPTS: '-Xmx1g -Dorg.gradle.caching=false',
  });
});

test('R-GREEN-6: what fails without the cache is named', () => {
  expect(greenOnlyFromCache('go test ./...', [{ file: 'a_test.go', name: 'TestHalf' }])).toEqual({
    weight: 'refuses',
    kind: 'from_cache',
    text: '`go test ./...` passed with results from a cache, and fails without them: a_test.go > TestHalf.',
    files: ['a_test.go'],
    tests: ['TestHalf'],
  });
  expect(greenOnlyFromCache('make test', []).text).toMatch(/fails without them\.$/);
});
