import { expect, test } from 'vitest';
import type { Check, CheckKind } from '../../../domain/work-order/check.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import { networkOf } from './check-network.ts';

const check = (kind: CheckKind, command: string): Check => ({ kind, command, source: 'given' });
const install = check('setup', 'npm ci');
const npmTest = check('test', 'npm test');
const cargoTest = check('test', 'cargo test');
const goTest = check('test', '(cd backend && go test ./...)');
const work = (checkNetwork: 'setup' | 'all' | 'none') => ({ settings: { ...defaultSettings, checkNetwork } });

test.each([
  ['a project cannot install', 'setup', [install], [install, npmTest], 'machine'],
  ['code under test reaches the network of the machine', 'setup', [npmTest], [install, npmTest], 'none'],
  ['a project without an install does', 'setup', [npmTest], [npmTest], 'none'],
  ['a build tool cannot fetch what no other check has fetched', 'setup', [cargoTest], [cargoTest], 'machine'],
  ['a build tool fetches again', 'setup', [cargoTest], [check('setup', 'cargo fetch'), cargoTest], 'none'],
  ['a build tool in a folder cannot fetch', 'setup', [goTest], [install, goTest], 'machine'],
  [
    'an unknown setup is taken for one that fetches nothing',
    'setup',
    [goTest],
    [check('setup', 'make deps'), goTest],
    'none',
  ],
  [
    'the download of another folder is forgotten',
    'setup',
    [goTest],
    [check('setup', '(cd a && go mod download)'), goTest],
    'none',
  ],
  ['a wrapper is not known', 'setup', [check('test', 'sh ./mvnw -B test')], [install], 'machine'],
  ['a program with a similar name has the network', 'setup', [check('test', 'google x')], [], 'none'],
  ['a check of the base cannot be prepared', 'setup', [install, npmTest], [install, npmTest], 'machine'],
  ['what a person opened is closed', 'all', [npmTest], [install, npmTest], 'machine'],
  ['what a person closed is open', 'none', [install], [install, npmTest], 'none'],
] as const)('%s (R-SEC-5)', (_, wish, run, all, network) => {
  expect(networkOf(work(wish), run, all)).toBe(network);
});
