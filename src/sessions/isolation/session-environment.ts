// The environment of a program that cannot see its user's home (R-SEC-5): it gets a separate home, and variables that
// lead to the tools in the user's home.

import { join } from 'node:path';
import { isWithin, realPathOf } from './mount-plan.ts';
import type { ShownPath } from './session-view.ts';
import { toolFolderVariables, toolHomeVariables } from './tool-roots.ts';

/** Variables that name folders which programs write to; by default, these folders are below the home. */
const writtenFolders = ['CARGO_HOME', 'GOPATH', 'GRADLE_USER_HOME'];

export function environmentInView(
  env: Readonly<Record<string, string>>,
  {
    homePath,
    userHome,
    granted,
  }: { homePath: string | null; userHome: string; granted: readonly ShownPath[] },
): Record<string, string> {
  if (homePath === null) return { ...env };
  const isGranted = (path: string) =>
    granted.some((each) => each.sight === 'write' && isWithin(path, each.path));
  // The session's /tmp is already separate.
  const { TMPDIR: _, ...kept } = env;
  const own: Record<string, string> = { ...kept, HOME: homePath };
  for (const name of writtenFolders) if (own[name] && !isGranted(own[name])) delete own[name];
  return { ...toolHomes(userHome), ...own, ...homeOfJava(own, homePath) };
}

/**
 * Variables that lead an agent to the machine's tools. An agent inherits no variables and has a separate home, where
 * rustup and pyenv find no versions and where Java programs do not look.
 * @param given variables that the agent gets anyway
 */
export function toolEnvironment(
  given: Readonly<Record<string, string>>,
  {
    machine,
    homePath,
    userHome,
  }: { machine: Readonly<Record<string, string>>; homePath: string; userHome: string },
): Record<string, string> {
  const names = [...toolFolderVariables, ...Object.keys(toolHomeVariables)];
  const named = names.flatMap((name) => {
    const path = machine[name];
    return path && realPathOf(path) !== null ? [[name, path]] : [];
  });
  return { ...toolHomes(userHome), ...Object.fromEntries(named), ...given, ...homeOfJava(given, homePath) };
}

/** The folders in which this user's version managers keep installed tools. */
function toolHomes(userHome: string): Record<string, string> {
  const paths = Object.entries(toolHomeVariables).map(([name, folder]) => [name, join(userHome, folder)]);
  return Object.fromEntries(paths.filter(([, path = '']) => realPathOf(path) !== null));
}

/** Java takes the home from the machine's list of users, not from HOME, and the session cannot see that home. */
function homeOfJava(
  { MAVEN_OPTS, GRADLE_USER_HOME }: Readonly<Record<string, string>>,
  homePath: string,
): Record<string, string> {
  // Maven splits its options at spaces.
  const isOneWord = !/\s/.test(homePath);
  const options = [MAVEN_OPTS, `-Duser.home=${homePath}`].filter(Boolean).join(' ');
  return {
    ...(isOneWord ? { MAVEN_OPTS: options } : {}),
    GRADLE_USER_HOME: GRADLE_USER_HOME ?? join(homePath, '.gradle'),
  };
}
