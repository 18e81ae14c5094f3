import type { z } from '@hono/zod-openapi';
import type { Command } from 'commander';
import { type PrintedDocument, settingSchema } from '../../../contract/contract.ts';
import { showSetting } from '../../../contract/operations/settings.ts';
import { isMooseError } from '../../../domain/failure.ts';
import { defaultRecoveryPolicies } from '../../../engine/policy/default-policies.ts';
import { describePolicy } from '../../../engine/policy/describe-policy.ts';
import type { RecoveryPolicy } from '../../../engine/policy/recovery-policy.ts';
import { policiesOfRows, recoveryTableSchema } from '../../../engine/policy/recovery-rows.ts';
import { recoveryKey } from '../../../engine/policy/settings/policies.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf, withMoose } from '../../input/flags.ts';
import type { Printer } from '../../terminal/printer.ts';
import { table } from '../../terminal/table.ts';

/** The setting of the recovery table in effect. */
const recoverySetting = settingSchema.extend({ value: recoveryTableSchema });

export function addConfigPolicies(config: Command, context: CliContext): void {
  config
    .command('policies')
    .description(
      'show the recovery table in effect: what Moose does about a failure; the first matching row applies',
    )
    .option('--shipped', 'show the built-in rows; needs no database')
    .action(async ({ shipped }: { shipped?: boolean }, command: Command) => {
      const printer = context.printer(flagsOf(command).json);
      if (shipped) return print(printer, defaultRecoveryPolicies, 'These are the built-in rows.');
      try {
        await withMoose(context, command, async ({ ask }) => {
          const inForce = await ask(showSetting, { params: { key: recoveryKey } }, recoverySetting);
          print(printer, policiesOfRows(inForce.value), whereFrom(inForce));
        });
      } catch (cause) {
        if (!isMooseError(cause) || cause.code !== 'DATABASE_EMPTY') throw cause;
        const nothingYet = 'Moose has not run here yet: these are the built-in rows.';
        print(printer, defaultRecoveryPolicies, nothingYet);
      }
    });
}

function whereFrom({ source, changed_by, changed_at }: z.output<typeof recoverySetting>): string {
  return source === 'changed'
    ? `Changed by ${changed_by ?? '?'} at ${changed_at ?? '?'}; \`moose config policies --shipped\` shows the built-in rows.`
    : 'These are the built-in rows; nobody has changed them.';
}

function print(printer: Printer, policies: readonly RecoveryPolicy[], whence: string): void {
  const document: PrintedDocument<'config policies'> = policies.map((policy) => {
    const { component, failureClass: failure_class, category, code, does, because } = describePolicy(policy);
    const { act, delaysMs: delays_ms = [], otherwise = null } = policy;
    const when = { component, failure_class, category, code: code || null };
    return { ...when, act, delays_ms, otherwise, does, because };
  });
  printer.print(document, () => [
    ...table(
      ['', 'COMPONENT', 'FAILURE', 'ACTION', 'REASON'],
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
    'No row lifts these limits: 3 recoveries of a work order per hour, its retry budget, its deadline, its money.',
    'Handled below the table: repeatable git commands are retried within seconds; Moose waits for a lost database; a notification is retried for a day.',
  ]);
}

const policyColumnsMax = 200;
