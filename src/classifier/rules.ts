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
import type { Rule } from './rule.ts';
import { absentToolRules } from './rules/absent-tools.ts';
import { agentRules } from './rules/agents.ts';
import { allowanceRules } from './rules/allowances.ts';
import { apiCompatibilityRules } from './rules/api-compatibility.ts';
import { cBuildRules } from './rules/c-builds.ts';
import { cRules } from './rules/c-family.ts';
import { cLintRules } from './rules/c-lint.ts';
import { cTestRules } from './rules/c-tests.ts';
import { containerRules } from './rules/containers.ts';
import { contractRules } from './rules/contracts.ts';
import { cutStreamRules } from './rules/cut-streams.ts';
import { databaseTimeRules } from './rules/database-times.ts';
import { databaseRules } from './rules/databases.ts';
import { dotnetRules } from './rules/dotnet.ts';
import { eslintRules } from './rules/eslint.ts';
import { forgeRules } from './rules/forges.ts';
import { functionalRules } from './rules/functional.ts';
import { gitRules } from './rules/git.ts';
import { gitRemoteRules } from './rules/git-remotes.ts';
import { goRules } from './rules/go.ts';
import { hostRules } from './rules/host.ts';
import { hostToolRules } from './rules/host-tools.ts';
import { jestVitestRules } from './rules/jest-vitest.ts';
import { bundlerRules } from './rules/js-bundlers.ts';
import { jsLintRules } from './rules/js-lint.ts';
import { jsTestRules } from './rules/js-tests.ts';
import { jvmRules } from './rules/jvm.ts';
import { jvmTestRules } from './rules/jvm-tests.ts';
import { migrationRules } from './rules/migrations.ts';
import { nodeRules } from './rules/node.ts';
import { npmRules } from './rules/npm.ts';
import { otherLanguageRules } from './rules/other-languages.ts';
import { perlRules } from './rules/perl.ts';
import { phpRules } from './rules/php.ts';
import { postgresRules } from './rules/postgres.ts';
import { providerMoneyRules } from './rules/provider-money.ts';
import { providerNetworkRules } from './rules/provider-network.ts';
import { providerRules } from './rules/providers.ts';
import { pythonRules } from './rules/python.ts';
import { pythonLintRules } from './rules/python-lint.ts';
import { rubyRules } from './rules/ruby.ts';
import { rustRules } from './rules/rust.ts';
import { schemaRules } from './rules/schemas.ts';
import { shapeRules } from './rules/shapes.ts';
import { shellRules } from './rules/shell.ts';
import { typescriptRules } from './rules/typescript.ts';

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
