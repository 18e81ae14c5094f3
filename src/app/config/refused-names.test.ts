import { expect, test } from 'vitest';
import { assertVariableName, looksSecret } from '../../domain/machine/project-variable.ts';
import { secretNames, variables } from './variables.ts';

test('R-PROJ-5, R-SEC-4: no project gets a variable that Moose itself reads as its own key', () => {
  // A project has its own values of these: its database, which Moose does not use, and its own account at Amazon.
  const ofProjects = ['DATABASE_URL', ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']];
  for (const name of secretNames.filter((each) => !ofProjects.includes(each)))
    expect(() => assertVariableName(name), name).toThrow('cannot be the name of a variable');
  const addresses = Object.keys(variables).filter((name) => name.endsWith('_BASE_URL'));
  for (const name of addresses) expect(() => assertVariableName(name), name).toThrow();
});

test.each([
  ['API_TOKEN', 'anything-1', true],
  ['DATABASE_URL', 'postgres://u:p4ssw0rd-1@db/shop', true],
  ['DATABASE_URL', 'postgres://db/shop', false],
  ['NOTE', `ghp_${'a1B2'.repeat(9)}`, true],
  ['REGION', 'eu-central-1', false],
])('%s=%s looks like a secret: %s', (name, value, isSecret) => {
  expect(looksSecret(name, value)).toBe(isSecret);
});
