import { expect, test } from 'vitest';
import { reportRequest } from './report-request.ts';

test('R-GREEN-3: variables that the check has stay, and the request is added to them', () => {
  const { environment } = reportRequest('/r', {
    NODE_OPTIONS: '--max-old-space-size=4096',
    PYTHONPATH: 'src',
    PYTEST_ADDOPTS: '-q',
    GOFLAGS: '-mod=vendor',
    OTHER: 'x',
  });
  expect(environment).toEqual({
    NODE_OPTIONS: '--require /r/node_modules/report.cjs --max-old-space-size=4096',
    PYTHONPATH: '/r:src',
    PYTEST_ADDOPTS: '--junitxml=/r/pytest.xml -q',
    GOFLAGS: '-mod=vendor -v',
  });
});

test('an empty variable is none', () => {
  const { environment } = reportRequest('/r', { PYTHONPATH: '', NODE_OPTIONS: undefined });
  expect(environment).toMatchObject({
    PYTHONPATH: '/r',
    NODE_OPTIONS: '--require /r/node_modules/report.cjs',
  });
});

test('a folder with spaces and quotes is one word to Node and to pytest', () => {
  const { environment } = reportRequest('/a b/"c\'d', {});
  expect(environment.NODE_OPTIONS).toBe(`--require "/a b/\\"c'd/node_modules/report.cjs"`);
  expect(environment.PYTEST_ADDOPTS).toBe(`--junitxml='/a b/"c'"'"'d/pytest.xml'`);
});

test('the files that the variables name are in the request', () => {
  const { files } = reportRequest('/r', {});
  expect(Object.keys(files)).toEqual([
    'node_modules/report.cjs',
    'node_modules/add-reporter.cjs',
    'node_modules/load-vitest.mjs',
    'sitecustomize.py',
    'start-python.py',
    'report-python.py',
  ]);
  expect(Object.values(files).every((text) => text.length > 100)).toBe(true);
});
