// The clean-up that is running, or the result of the last one.
import type { CleanupRun } from '../../../../src/contract/contract.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Ago } from '../../parts/time.tsx';
import { many, totalOf } from './sizes.ts';

export function LatestRun({ run }: { run: CleanupRun | null }) {
  return (
    <p role="status" className="px-4 pt-3 empty:hidden [overflow-wrap:anywhere]">
      {run === null ? null : <Said run={run} />}
    </p>
  );
}

function Said({ run: { state, by, deleted, done, error, ended_at } }: { run: CleanupRun }) {
  const who = nameOfActor(by);
  if (state === 'running')
    return (
      <>
        Deleting for {who}: {many(deleted)} so far. You may leave this page.
      </>
    );
  const when = ended_at === null ? null : <Ago at={ended_at} />;
  if (done !== null)
    return (
      <>
        Deleted: {totalOf(done)}. By {who}, {when}.
      </>
    );
  return (
    <span className="text-bad">
      The clean-up by {who} failed {when}, after {many(deleted)}: {error} What was deleted stays deleted.
    </span>
  );
}
