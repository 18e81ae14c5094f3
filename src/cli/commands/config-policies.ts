import type { Command } from 'commander';
import { defaultRecoveryPolicies } from '../../engine/recovery/default-policies.ts';
import { describePolicy } from '../../engine/recovery/describe-policy.ts';
import type { CliContext } from '../context.ts';
import { flagsOf } from '../flags.ts';
import { table } from '../table.ts';

/** Needs no database: the table is the program's own. */
export function addConfigPolicies(config: Command, context: CliContext): void {
  config
    .command('policies')
    .description('the table that decides what is done about a failure; the first row that fits holds')
    .action((_options: unknown, command: Command) => {
      const face = context.face(flagsOf(command).json);
      const document = defaultRecoveryPolicies.map((policy) => {
        const {
          component,
          failureClass: failure_class,
          category,
          code,
          does,
          because,
        } = describePolicy(policy);
        const { act, delaysMs: delays_ms = [], otherwise = null } = policy;
        return {
          component,
          failure_class,
          category,
          code: code || null,
          act,
          delays_ms,
          otherwise,
          does,
          because,
        };
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
        'These are the rows that Moose comes with; `moose config get settings.policies.recovery` shows those that hold.',
        'Limits that no row lifts: 3 recoveries of a work order in an hour, its retry budget, its deadline, its money.',
        'Below the table: a git command that may be repeated is, within seconds; a lost database is waited for; a notice is tried for a day.',
      ]);
    });
}

const policyColumnsMax = 200;
