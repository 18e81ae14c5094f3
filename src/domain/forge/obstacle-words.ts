// Recognizes, from what a forge says about a check, that it did not run, or not to its end, for a reason outside the
// change: no approval, no money, no runner, a lost runner. Pure.

import { visibleLine } from '../text/visible-text.ts';
import type { Obstacle, ObstacleKind } from './forge.ts';

const saidCharsMax = 300;

const patterns: readonly (readonly [ObstacleKind, RegExp])[] = [
  [
    'billing',
    /payments? (?:have|has) failed|spending limit|billing (?:issue|problem|&|and plans)|account is (?:locked|suspended)|(?:compute|ci\/cd|ci|build|included) (?:minutes|credits) (?:have been |are |were )?(?:used|exhausted|exceeded)|(?:exceeded|ran out of|out of|no (?:remaining|more)|insufficient) (?:your |the )?(?:[\w/]+ )?(?:quota|credits|minutes)|ci_quota_exceeded/i,
  ],
  [
    'runner lost',
    /runner (?:has )?(?:lost communication|received a shutdown signal)|lost communication with the server|hosted runner (?:encountered an error|lost)|runner_system_failure|runner (?:was |has been )?(?:lost|disconnected|went offline)/i,
  ],
  [
    'no runner',
    /not acquired by (?:a )?runner|no (?:hosted |matching |online |available |idle )?runners? (?:matching|match|with|could|found|available|picked|is|are)|no runner (?:took|accepted)|could not (?:find|acquire|assign)[^.\n]{0,40} runner|waiting for a runner|failed to (?:start|provision|request) (?:a |the )?(?:hosted )?runner|no_matching_runner|stuck_or_timeout_failure|runner_unsupported|scheduler_failure|not started because/i,
  ],
  [
    'approval',
    /(?:waiting for|waits for|needs|requires|awaiting|pending)[^.\n]{0,60}\b(?:approval|authoriz|maintainer)|approve and run/i,
  ],
];

/** Null if the words name no such reason. */
export function obstacleIn(said: string): Obstacle | null {
  for (const [kind, pattern] of patterns) {
    const line = said.split('\n').find((each) => pattern.test(each));
    if (line !== undefined) return { kind, said: visibleLine(line.trim()).slice(0, saidCharsMax) };
  }
  return null;
}
