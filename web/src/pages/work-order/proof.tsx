import { CircleCheck, CircleX, Info } from 'lucide-react';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { MarkedWords } from '../../parts/marked-words.tsx';

const looks = {
  good: { Icon: CircleCheck, tone: 'text-good', words: 'For it: ' },
  bad: { Icon: CircleX, tone: 'text-bad', words: 'Against it: ' },
  note: { Icon: Info, tone: 'text-quiet', words: 'To know: ' },
} as const;

/** Why the change is right, or is not, in sentences. */
export function Proof({ verification, proof }: Pick<WorkOrderDetail, 'verification' | 'proof'>) {
  if (proof.length === 0) return null;
  return (
    <Card title={titleOf(verification)}>
      <ul className="flex flex-col gap-1.5 [overflow-wrap:anywhere]">
        {proof.map(({ mark, text }) => {
          const { Icon, tone, words } = looks[mark];
          return (
            <li key={`${mark} ${text}`} className="flex items-start gap-2">
              <Icon aria-hidden size={17} className={`mt-0.5 shrink-0 ${tone}`} />
              <span className="min-w-0">
                <span className="sr-only">{words}</span>
                <MarkedWords text={text} />
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

function titleOf(verification: WorkOrderDetail['verification']): string {
  if (verification === null) return 'Not verified yet';
  if (!verification.is_verified) return 'Not verified';
  return verification.level === 'strict' ? 'Verified (strict)' : 'Verified';
}
