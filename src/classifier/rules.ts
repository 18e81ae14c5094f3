// All the tables. Their order says nothing: precedence is in the rules.
//
// What cannot be told, and what is answered then:
// - silence with an exit code of 1: `unknown`, unless the command is a test, a linter or a checker;
// - a bare SIGKILL or SIGTERM: `unknown`, worth repeating; who sent it is known to the supervisor alone;
// - titles of tests whose runner joins them with blanks (jasmine, rspec): the whole title;
// - a header in quotes that is the project's own: named as a missing dependency, for the line does not show the quotes;
// - a limit of a provider that says 'quota' and not whose time it is: the minute's, where it gives a delay, else money;
// - what a test printed in its runner's or an installer's own words: the test, where its runner gave a verdict.
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
