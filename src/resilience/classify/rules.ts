// All the tables. Their order says nothing: precedence is in the rules.
import type { Rule } from './rule.ts';
import { cBuildRules } from './rules/c-builds.ts';
import { cRules } from './rules/c-family.ts';
import { containerRules } from './rules/containers.ts';
import { contractRules } from './rules/contracts.ts';
import { databaseRules } from './rules/databases.ts';
import { dotnetRules } from './rules/dotnet.ts';
import { forgeRules } from './rules/forges.ts';
import { gitRules } from './rules/git.ts';
import { goRules } from './rules/go.ts';
import { hostRules } from './rules/host.ts';
import { bundlerRules } from './rules/js-bundlers.ts';
import { jsLintRules } from './rules/js-lint.ts';
import { jsTestRules } from './rules/js-tests.ts';
import { jvmRules } from './rules/jvm.ts';
import { nodeRules } from './rules/node.ts';
import { npmRules } from './rules/npm.ts';
import { otherLanguageRules } from './rules/other-languages.ts';
import { providerRules } from './rules/providers.ts';
import { pythonRules } from './rules/python.ts';
import { pythonLintRules } from './rules/python-lint.ts';
import { rubyPhpRules } from './rules/ruby-php.ts';
import { rustRules } from './rules/rust.ts';
import { shapeRules } from './rules/shapes.ts';
import { shellRules } from './rules/shell.ts';
import { typescriptRules } from './rules/typescript.ts';

export const allRules: readonly Rule[] = [
  ...typescriptRules,
  ...nodeRules,
  ...bundlerRules,
  ...jsTestRules,
  ...jsLintRules,
  ...npmRules,
  ...pythonRules,
  ...pythonLintRules,
  ...goRules,
  ...rustRules,
  ...jvmRules,
  ...cRules,
  ...cBuildRules,
  ...rubyPhpRules,
  ...dotnetRules,
  ...otherLanguageRules,
  ...shellRules,
  ...containerRules,
  ...databaseRules,
  ...gitRules,
  ...forgeRules,
  ...contractRules,
  ...providerRules,
  ...hostRules,
  ...shapeRules,
];
