import type { Command } from 'commander';
import { isMooseError } from '../../domain/failure.ts';
import { defaultRecoveryPolicies } from '../../engine/policy/default-policies.ts';
import { describePolicy } from '../../engine/policy/describe-policy.ts';
import type { RecoveryPolicy } from '../../engine/policy/recovery-policy.ts';
import type { RecoveryTable } from '../../engine/settings/ask-settings.ts';
import type { CliContext } from '../context.ts';
import type { Face } from '../face.ts';
import { flagsOf, withMoose } from '../flags.ts';
import { table } from '../table.ts';

export function addConfigPolicies(config: Command, context: CliContext): void {
  config
    .command('policies')
    .description(
      'the table in force that decides what is done about a failure; the first row that fits holds',
    )
    .option('--shipped', 'the rows that Moose comes with; needs no database')
    .action(async ({ shipped }: { shipped?: boolean }, command: Command) => {
      const face = context.face(flagsOf(command).json);
      if (shipped) return print(face, defaultRecoveryPolicies, 'These are the rows that Moose comes with.');
      try {
        await withMoose(context, command, async ({ moose }) => {
          const inForce = await moose.settings.recovery();
          print(face, inForce.policies, whereFrom(inForce));
        });
      } catch (cause) {
        if (!isMooseError(cause) || cause.code !== 'DATABASE_EMPTY') throw cause;
        const nothingYet = 'No Moose has worked here yet: these are the rows that it comes with.';
        print(face, defaultRecoveryPolicies, nothingYet);
      }
    });
}

function whereFrom({ source, changed_by, changed_at }: RecoveryTable): string {
  return source === 'changed'
    ? `Changed by ${changed_by ?? '?'} at ${changed_at ?? '?'}; \`moose config policies --shipped\` shows the rows that Moose comes with.`
    : 'These are the rows that Moose comes with, and nobody has changed them.';
}

function print(face: Face, policies: readonly RecoveryPolicy[], whence: string): void {
  const document = policies.map((policy) => {
    const { component, failureClass: failure_class, category, code, does, because } = describePolicy(policy);
    const { act, delaysMs: delays_ms = [], otherwise = null } = policy;
    const when = { component, failure_class, category, code: code || null };
    return { ...when, act, delays_ms, otherwise, does, because };
  });
  face.print(document, () => [
    ...table(
      ['', 'WHERE', 'FAILURE', 'THEN', 'BECAUSE'],
      document.map(({ component, failure_class, category, code, does, because }, index) => [
        String(index + 1),
        component === '*' ? 'any' : component,
        [failure_class, category, code ?? '*'].filter((part) => part !== '*').join(' ') || 'any',
        does,
        because,
      ]),
      policyColumnsMax,
    ),
    '',
    whence,
    'Limits that no row lifts: 3 recoveries of a work order in an hour, its retry budget, its deadline, its money.',
    'Below the table: a git command that may be repeated is, within seconds; a lost database is waited for; a notice is tried for a day.',
  ]);
}

const policyColumnsMax = 200;
