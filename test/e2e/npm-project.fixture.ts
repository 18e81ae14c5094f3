// For tests: an npm project that needs no registry: its only package comes from a folder.
import type { Check } from '../../src/domain/work-order/check.ts';

export const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const root = { name: 'a-project', version: '1.0.0', dependencies: { dep: 'file:dep' } };

export const files = {
  '.gitignore': 'node_modules\n',
  'package.json': json({ ...root, scripts: { test: 'node test.js' } }),
  'package-lock.json': json({
    name: root.name,
    version: root.version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': root,
      dep: { version: '1.0.0' },
      'node_modules/dep': { resolved: 'dep', link: true },
    },
  }),
  'dep/package.json': json({ name: 'dep', version: '1.0.0', main: 'index.js' }),
  'dep/index.js': 'module.exports = 42;\n',
  'test.js':
    "const { MOOSE_PORT_BASE, MOOSE_WORKTREE } = process.env;\nif (require('dep') !== 42 || !MOOSE_PORT_BASE || MOOSE_WORKTREE !== process.cwd()) process.exit(1);\n",
};

export const checks: Check[] = [
  { kind: 'setup', command: 'npm ci', source: 'given' },
  { kind: 'test', command: 'npm test', source: 'given' },
];
