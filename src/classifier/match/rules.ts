// All rule tables. Their order does not matter: each rule has its precedence.
//
// Cases that cannot be decided, with the answer for each:
// - no output and exit code 1: `unknown`, unless the command is a test, a linter or a checker;
// - SIGKILL or SIGTERM without more information: `unknown` and retryable; only the supervisor knows who sent it;
// - titles of tests whose runner joins them with spaces (jasmine, rspec): the whole title;
// - an include in quotes of a header that is the project's own: a missing dependency, because the output does not show
//   the quotes;
// - a provider's limit that says 'quota' without a period: a limit per minute if the answer has a delay, otherwise
//   money;
// - a test that prints the words of its runner or of an installer: a failed test, if its runner gave a verdict.

import { eslintRules } from '../rules/javascript/eslint.ts';
import { jestVitestRules } from '../rules/javascript/jest-vitest.ts';
import { bundlerRules } from '../rules/javascript/js-bundlers.ts';
import { jsLintRules } from '../rules/javascript/js-lint.ts';
import { jsTestRules } from '../rules/javascript/js-tests.ts';
import { nodeRules } from '../rules/javascript/node.ts';
import { npmRules } from '../rules/javascript/npm.ts';
import { typescriptRules } from '../rules/javascript/typescript.ts';
import { cBuildRules } from '../rules/languages/c-builds.ts';
import { cRules } from '../rules/languages/c-family.ts';
import { cLintRules } from '../rules/languages/c-lint.ts';
import { cTestRules } from '../rules/languages/c-tests.ts';
import { dotnetRules } from '../rules/languages/dotnet.ts';
import { functionalRules } from '../rules/languages/functional.ts';
import { goRules } from '../rules/languages/go.ts';
import { jvmRules } from '../rules/languages/jvm.ts';
import { jvmTestRules } from '../rules/languages/jvm-tests.ts';
import { otherLanguageRules } from '../rules/languages/other-languages.ts';
import { perlRules } from '../rules/languages/perl.ts';
import { phpRules } from '../rules/languages/php.ts';
import { pythonRules } from '../rules/languages/python.ts';
import { pythonLintRules } from '../rules/languages/python-lint.ts';
import { rubyRules } from '../rules/languages/ruby.ts';
import { rustRules } from '../rules/languages/rust.ts';
import { absentToolRules } from '../rules/machine/absent-tools.ts';
import { apiCompatibilityRules } from '../rules/machine/api-compatibility.ts';
import { containerRules } from '../rules/machine/containers.ts';
import { contractRules } from '../rules/machine/contracts.ts';
import { databaseTimeRules } from '../rules/machine/database-times.ts';
import { databaseRules } from '../rules/machine/databases.ts';
import { forgeRules } from '../rules/machine/forges.ts';
import { gitRules } from '../rules/machine/git.ts';
import { gitRemoteRules } from '../rules/machine/git-remotes.ts';
import { hostRules } from '../rules/machine/host.ts';
import { hostToolRules } from '../rules/machine/host-tools.ts';
import { migrationRules } from '../rules/machine/migrations.ts';
import { postgresRules } from '../rules/machine/postgres.ts';
import { schemaRules } from '../rules/machine/schemas.ts';
import { shellRules } from '../rules/machine/shell.ts';
import { agentRules } from '../rules/providers/agents.ts';
import { allowanceRules } from '../rules/providers/allowances.ts';
import { cutStreamRules } from '../rules/providers/cut-streams.ts';
import { providerMoneyRules } from '../rules/providers/provider-money.ts';
import { providerNetworkRules } from '../rules/providers/provider-network.ts';
import { providerRules } from '../rules/providers/providers.ts';
import { shapeRules } from '../rules/shapes.ts';
import type { Rule } from './rule.ts';

export const allRules: readonly Rule[] = [
  ...absentToolRules,
  ...apiCompatibilityRules,
  ...cutStreamRules,
  ...databaseTimeRules,
  ...agentRules,
  ...allowanceRules,
  ...cBuildRules,
  ...cRules,
  ...cLintRules,
  ...cTestRules,
  ...containerRules,
  ...contractRules,
  ...databaseRules,
  ...dotnetRules,
  ...eslintRules,
  ...forgeRules,
  ...functionalRules,
  ...gitRemoteRules,
  ...gitRules,
  ...goRules,
  ...hostToolRules,
  ...hostRules,
  ...jestVitestRules,
  ...bundlerRules,
  ...jsLintRules,
  ...jsTestRules,
  ...jvmTestRules,
  ...jvmRules,
  ...migrationRules,
  ...nodeRules,
  ...npmRules,
  ...otherLanguageRules,
  ...perlRules,
  ...phpRules,
  ...postgresRules,
  ...providerMoneyRules,
  ...providerNetworkRules,
  ...providerRules,
  ...pythonLintRules,
  ...pythonRules,
  ...rubyRules,
  ...rustRules,
  ...schemaRules,
  ...shapeRules,
  ...shellRules,
  ...typescriptRules,
];
