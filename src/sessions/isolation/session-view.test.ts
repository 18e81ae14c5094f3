import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { certificatePaths, viewFor } from './session-view.ts';

test('R-SEC-5: a certificate in the home is shown read-only, and leads to no other file', () => {
  const path = mkdtempSync(join(tmpdir(), 'moose-view-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const home = join(path, 'home');
  const data = join(home, '.moose');
  const files = [join(home, 'ca.pem'), join(data, 'secrets.keys'), join(home, '.ssh', 'key')];
  for (const file of files) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'x');
  }
  const link = join(home, 'link.pem');
  symlinkSync(join(data, 'secrets.keys'), link);
  const env = {
    NODE_EXTRA_CA_CERTS: join(home, 'ca.pem'),
    CARGO_HTTP_CAINFO: link,
    SSL_CERT_FILE: join(data, 'secrets.keys'),
    SSL_CERT_DIR: `${home}:relative:/`,
    PIP_CERT: join(home, 'not-there.pem'),
  };
  const { mountsPath, written } = viewFor({
    sessionPath: join(path, 'session'),
    argv: ['/bin/sh'],
    env,
    cwd: '/',
    userHome: home,
    dataDirectory: data,
    hidden: [],
    shown: [],
    granted: [],
    certificates: certificatePaths(env),
  });
  const mounts = readFileSync(mountsPath, 'utf8').split('\n');
  const ofHome = mounts.filter((line) => line.startsWith(home)).map((line) => line.split(' ')[0]);
  expect(ofHome).toEqual([join(home, 'ca.pem')]);
  expect(mounts.find((line) => line.startsWith(home))).toContain('ro');
  expect(written).not.toContain(join(home, 'ca.pem'));
});
