import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { asJson, legible } from '../../parts/plain-text.ts';
import { Empty } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { Said } from '../escalations/evidence.tsx';
import { OutsideLink } from './outside-link.tsx';

type Effect = WorkOrderDetail['effects'][number];

const tones: Readonly<Record<Effect['state'], Tone>> = {
  intended: 'info',
  done: 'good',
  undone: 'neutral',
  undo_failed: 'bad',
};

export function EffectsTab({ effects }: { effects: readonly Effect[] }) {
  if (effects.length === 0)
    return (
      <Empty title="No effects yet">
        What this work order creates or changes appears here, such as branches, worktrees, processes, pull
        requests and reserved money, each with how it is undone.
      </Empty>
    );
  return (
    <ul className="flex flex-col gap-2">
      {effects.map((effect) => (
        <li
          key={effect.key}
          className="flex flex-col gap-1 rounded-lg border border-line bg-surface px-4 py-3 [overflow-wrap:anywhere]"
        >
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span className="font-semibold">{effect.kind.replaceAll('_', ' ')}</span>
            <Badge tone={tones[effect.state]}>{stateOf(effect)}</Badge>
            <Words className="font-mono text-[13px] text-quiet" text={nameOf(effect)} />
            {typeof effect.detail.url === 'string' ? (
              <OutsideLink href={effect.detail.url}>Open</OutsideLink>
            ) : null}
          </p>
          {effect.state === 'undo_failed' && typeof effect.detail.problem === 'string' ? (
            <p className="text-bad">
              <Words text={effect.detail.problem} />
            </p>
          ) : null}
          {effect.state === 'done' && typeof effect.detail.left === 'string' ? (
            <p>
              <Words text={`The undo left ${effect.detail.left}.`} />
            </p>
          ) : null}
          <p className="text-[13px] text-quiet">{legible(undoOf(effect))}</p>
          <details className="text-[13px]">
            <summary className="min-h-6 cursor-pointer text-quiet">Raw record</summary>
            <Said
              text={asJson({ key: effect.key, ...effect.detail })}
              label={`Raw record of ${effect.kind.replaceAll('_', ' ')}`}
            />
          </details>
        </li>
      ))}
    </ul>
  );
}

/** Words for effects that ended as planned, where 'undone' would mislead. */
const ends: Readonly<Record<string, string>> = {
  session: 'ended',
  hold: 'settled',
  worktree: 'removed',
};

function stateOf({ kind, state }: Effect): string {
  return (state === 'undone' ? ends[kind] : undefined) ?? state.replaceAll('_', ' ');
}

function undoOf({ state, undo, kind }: Effect): string {
  if (state === 'undone') return `Already ${ends[kind] ?? 'undone'}. Nothing left to undo.`;
  return undo ? `Undoing this ${undo}.` : 'Nothing to undo.';
}

/** A short name for people. */
function nameOf({ kind, detail, key }: Effect): string {
  const names = kind === 'worktree' ? [detail.worktreePath] : [detail.branch, detail.name, detail.number];
  const name = names.find((each) => typeof each === 'string' || typeof each === 'number');
  return name === undefined ? key : String(name);
}
