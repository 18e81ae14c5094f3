import type { WorkOrderDetail } from '../../../../src/api/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Empty } from '../../parts/states.tsx';
import { Said } from '../escalations/evidence.tsx';
import { OutsideLink } from './outside-link.tsx';
import { asJson } from './plain-text.ts';
import { Words } from './words.tsx';

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
      <Empty title="Nothing has been done to the world yet">
        Branches, worktrees, processes, pull requests, money set aside: everything that Moose does outside of
        itself stands here, with what undoing it would do.
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
              <OutsideLink href={effect.detail.url}>look at it</OutsideLink>
            ) : null}
          </p>
          {effect.state === 'undo_failed' && typeof effect.detail.problem === 'string' ? (
            <p className="text-bad">
              <Words text={effect.detail.problem} />
            </p>
          ) : null}
          <p className="text-[13px] text-quiet">{undoOf(effect)}</p>
          <details className="text-[13px]">
            <summary className="min-h-6 cursor-pointer text-quiet">As it was recorded</summary>
            <Said text={asJson({ key: effect.key, ...effect.detail })} label={`Record of ${effect.kind}`} />
          </details>
        </li>
      ))}
    </ul>
  );
}

/** Of what is over as it should be nobody says that it was undone. */
const ends: Readonly<Record<string, string>> = {
  session: 'ended',
  hold: 'settled',
  worktree: 'cleared away',
};

function stateOf({ kind, state }: Effect): string {
  return (state === 'undone' ? ends[kind] : undefined) ?? state.replaceAll('_', ' ');
}

function undoOf({ state, undo, kind }: Effect): string {
  if (state === 'undone') return `It is ${ends[kind] ?? 'undone'}: nothing is left to undo.`;
  return undo ? `Undoing it ${undo}.` : 'There is nothing to undo.';
}

/** What a person would call it. */
function nameOf({ kind, detail, key }: Effect): string {
  const names = kind === 'worktree' ? [detail.worktreePath] : [detail.branch, detail.name, detail.number];
  const name = names.find((each) => typeof each === 'string' || typeof each === 'number');
  return name === undefined ? key : String(name);
}
