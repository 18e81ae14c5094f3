// fear: Maven and Gradle write to the home of Moose's user, which sessions do not see, and so cannot install.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { environmentInView, toolEnvironment } from './session-environment.ts';

const view = { homePath: '/srv/homes/1', userHome: '/nowhere', granted: [] };

test('R-SEC-5: Java programs use the home of the session', () => {
  expect(environmentInView({ HOME: '/srv/ada', PATH: '/usr/bin' }, view)).toEqual({
    HOME: '/srv/homes/1',
    PATH: '/usr/bin',
    MAVEN_OPTS: '-Duser.home=/srv/homes/1',
    GRADLE_USER_HOME: '/srv/homes/1/.gradle',
  });
});

test('options that a person has set for Maven stay, and so does a folder of Gradle that sessions may write', () => {
  const given = { MAVEN_OPTS: '-Xmx1g', GRADLE_USER_HOME: '/srv/gradle' };
  const shared = [{ path: '/srv/gradle', sight: 'write' as const }];
  expect(environmentInView(given, { ...view, granted: shared })).toMatchObject({
    MAVEN_OPTS: '-Xmx1g -Duser.home=/srv/homes/1',
    GRADLE_USER_HOME: '/srv/gradle',
  });
  expect(environmentInView(given, view).GRADLE_USER_HOME).toBe('/srv/homes/1/.gradle');
});

test('without a home of its own, or with one that Maven cannot be told, nothing is set', () => {
  expect(environmentInView({ HOME: '/srv/ada' }, { ...view, homePath: null })).toEqual({
    HOME: '/srv/ada',
  });
  expect(environmentInView({}, { ...view, homePath: '/srv/two words' }).MAVEN_OPTS).toBeUndefined();
});

function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-environment-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

// fear: rustup and pyenv look for versions below HOME, so checks can run the tests but agents cannot.
test('R-PROJ-3: an agent is led to the tools of the machine, and inherits nothing else', () => {
  const userHome = scratchDirectory();
  mkdirSync(join(userHome, '.rustup'));
  const java = scratchDirectory();
  const machine = {
    JAVA_HOME: java,
    GOROOT: join(userHome, 'go'),
    PYENV_ROOT: '/usr',
    MAVEN_OPTS: '-Xmx1g',
    KEY: 'k',
  };
  const given = { HOME: '/srv/homes/1', JAVA_HOME: '/usr/lib/jvm', MAVEN_OPTS: '-Xmx2g' };
  expect(toolEnvironment(given, { machine, homePath: '/srv/homes/1', userHome })).toEqual({
    HOME: '/srv/homes/1',
    RUSTUP_HOME: join(userHome, '.rustup'),
    PYENV_ROOT: '/usr',
    JAVA_HOME: '/usr/lib/jvm',
    MAVEN_OPTS: '-Xmx2g -Duser.home=/srv/homes/1',
    GRADLE_USER_HOME: '/srv/homes/1/.gradle',
  });
});
