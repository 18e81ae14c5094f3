import type { Command } from 'commander';
import { mergeWorkOrder } from '../../../contract/operations/steering.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';

export function addMerge(program: Command, context: CliContext): void {
  program
    .command('merge <id>')
    .description('merge the pull request of a work order into the base branch of the remote')
    .action(async (id: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { merge: merged } = await ask(mergeWorkOrder, { params: { id } });
        printer.print(merged, () => [
          merged.state === 'merged'
            ? `Merged #${merged.number} into ${merged.base_branch} as ${merged.merged_sha}.`
            : `The forge merges #${merged.number} into ${merged.base_branch} when its checks have passed.`,
          `Your own checkout is unchanged: git merge ${merged.head_branch} brings the change there too.`,
        ]);
      }),
    );
}
