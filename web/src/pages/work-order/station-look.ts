import {
  Check,
  CircleDashed,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  RefreshCw,
  RotateCcw,
  Undo2,
  X,
} from 'lucide-react';
import type { Station } from '../../../../src/contract/contract.ts';

export interface StationLook {
  Icon: LucideIcon;
  /** Classes of the disc. */
  disc: string;
  /** Class of the step's share in the duration bar. */
  bar: string;
  words: string;
  isMoving: boolean;
}

export const stationLooks: Readonly<Record<Station['state'] | 'ahead', StationLook>> = {
  done: look(Check, 'bg-good text-surface border-good', 'bg-good', 'done'),
  sent_back: look(RotateCcw, 'bg-warn-soft text-warn border-warn', 'bg-warn', 'sent back'),
  failed: look(X, 'bg-bad text-surface border-bad', 'bg-bad', 'failed'),
  running: look(LoaderCircle, 'bg-info-soft text-info border-info', 'bg-info', 'running', true),
  retrying: look(RefreshCw, 'bg-warn-soft text-warn border-warn', 'bg-warn', 'retrying', true),
  waiting: look(Hourglass, 'bg-surface text-quiet border-quiet', 'bg-quiet', 'waiting'),
  undone: look(Undo2, 'bg-raised text-quiet border-line', 'bg-line', 'undone'),
  ahead: look(CircleDashed, 'bg-surface text-quiet border-line border-dashed', 'bg-line', 'not started'),
};

function look(Icon: LucideIcon, disc: string, bar: string, words: string, isMoving = false): StationLook {
  return { Icon, disc, bar, words, isMoving };
}
