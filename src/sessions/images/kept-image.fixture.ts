// For tests: an unpacked image that consists of the machine's own programs and their libraries, so that tests need no
// engine.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SessionImage } from '../isolation/image-view.ts';
import { findOnPath } from '../resolve-program.ts';

const programs = ['sh', 'cat', 'ls', 'id', 'env', 'touch', 'sleep', 'mkdir', 'readlink'];

/** The image's programs are in `/opt/own`, which the machine does not have; its `/bin` is a link. */
export function makeImageRoot(root: string): SessionImage {
  for (const folder of ['usr/bin', 'etc', 'root', 'var/lib/app', 'opt/own', 'home']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  symlinkSync('usr/bin', join(root, 'bin'));
  for (const name of programs) copyProgram(root, name);
  writeFileSync(join(root, 'etc/os-release'), 'ID=image\n');
  writeFileSync(join(root, 'opt/own/version'), 'of the image\n');
  symlinkSync('/etc/shadow', join(root, 'opt/own/link'));
  symlinkSync('/run/moose/hosts', join(root, 'etc/hosts'));
  return { name: 'image', rootPath: root, env: { PATH: '/usr/bin', OF_IMAGE: 'yes' } };
}

/** The file in which Moose records the image for a name. */
export function keepImage(
  dataDirectory: string,
  { text, isAnonymous, id = 'b'.repeat(64) }: { text: string; isAnonymous: boolean; id?: string },
) {
  const images = join(dataDirectory, 'images');
  const image = makeImageRoot(join(images, id, 'root'));
  writeFileSync(join(images, id, 'image.json'), JSON.stringify({ env: image.env }));
  mkdirSync(join(images, 'names'), { recursive: true });
  const key = createHash('sha256').update(`${isAnonymous} ${text}`).digest('hex');
  const said = { id, name: `${text}@sha256:${id}`, at: Date.now() };
  writeFileSync(join(images, 'names', `${key}.json`), JSON.stringify(said));
  return { ...image, id, name: said.name };
}

function copyProgram(root: string, name: string): void {
  const path = findOnPath(name, '/usr/bin:/bin', '/') ?? '';
  const to = join(root, 'usr/bin', name);
  copyFileSync(realpathSync(path), to);
  chmodSync(to, 0o755);
  const listed = execFileSync('ldd', [path], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  for (const [, library = ''] of listed.matchAll(/(?:^|=>)\s*(\/\S+)/gm)) {
    const inside = join(root, dirname(library), basename(library));
    mkdirSync(dirname(inside), { recursive: true });
    copyFileSync(realpathSync(library), inside);
  }
}
