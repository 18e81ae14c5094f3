// How this installation is upgraded, judged by where its files are. Pure.
import { join } from 'node:path';
import { packageName } from '../../stdx/files/own-files.ts';

export type Installation = 'checkout' | 'npx' | 'project' | 'global';

/** @param isCheckout - whether there is a `.git` beside the files */
export function installationOf(packageRoot: string, isCheckout: boolean): Installation {
  if (isCheckout) return 'checkout';
  const folders = packageRoot.split('/');
  if (folders.includes('_npx')) return 'npx';
  // npm installs globally below `PREFIX/lib/node_modules`.
  return folders.at(-3) === 'lib' ? 'global' : 'project';
}

/** @param version - a version, or a tag such as `latest` */
export function commandsFor(installation: Installation, packageRoot: string, version: string): string[] {
  const wanted = `${packageName}@${version}`;
  switch (installation) {
    case 'checkout':
      return ['git pull', 'npm ci'];
    case 'npx':
      return [`npx ${wanted} up`];
    case 'project':
      return [`npm install --prefix ${join(packageRoot, '../..')} ${wanted}`];
    case 'global':
      return [`npm install --global ${wanted}`];
  }
}
