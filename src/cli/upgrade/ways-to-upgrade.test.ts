import { expect, test } from 'vitest';
import { commandsFor, installationOf } from './ways-to-upgrade.ts';

const name = 'moose-mission-control';

test.each([
  ['/srv/moose', true, 'checkout', ['git pull', 'npm ci']],
  [`/var/cache/_npx/0a1b/node_modules/${name}`, false, 'npx', [`npx ${name}@2.0.0 up`]],
  [`/usr/local/lib/node_modules/${name}`, false, 'global', [`npm install --global ${name}@2.0.0`]],
  [`/srv/shop/node_modules/${name}`, false, 'project', [`npm install --prefix /srv/shop ${name}@2.0.0`]],
])(
  'R-DIST-1: an installation in %s is upgraded in its own way',
  (folder, isCheckout, installation, commands) => {
    expect(installationOf(folder, isCheckout)).toBe(installation);
    expect(commandsFor(installationOf(folder, isCheckout), folder, '2.0.0')).toEqual(commands);
  },
);
