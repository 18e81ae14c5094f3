// Money that is reserved for nothing, and counters, notices and webhooks that do not progress.
import type { ReservationId } from '../../domain/ids.ts';
import { proveBudget } from '../../store/money/budget-proof.ts';
import { cancelReservation } from '../../store/money/costs.ts';
import { revokeKeys } from '../../store/money/gateway-keys.ts';
import {
  callOfDeadGateway,
  callOpenLong,
  degradationOfEnded,
  endDegradationById,
  holdOfEndedRun,
  keyOfEndedRun,
  noticesFailed,
  noticesStuck,
  presumeCall,
  retryNotices,
  webhooksStuck,
} from '../../store/work/inconsistent-rows.ts';
import { differenceText } from '../run/budget/budget-jobs.ts';
import type { DriftKind } from './drift-kind.ts';
import { ofRows } from './kind-of-rows.ts';

export const kindsOfMoney: readonly DriftKind[] = [
  ofRows({
    name: 'hold-of-ended-run',
    side: 'money',
    means: 'A reservation that is held although its run has ended.',
    what: (subject) => `Reservation ${subject} is held, but its run has ended`,
    finding: holdOfEndedRun,
    repair: 'settle it and release the rest',
    isSafe: true,
    act: (query, { subject }) => cancelReservation(query, subject as ReservationId),
  }),
  ofRows({
    name: 'call-of-dead-gateway',
    side: 'money',
    means: 'A model call in flight through a gateway that has ended or does not report.',
    what: (subject) => `Call ${subject} is in flight, but its gateway is gone`,
    finding: callOfDeadGateway,
    repair: 'presume it spent',
    isSafe: true,
    act: (query, { subject }) => presumeCall(query, subject),
  }),
  ofRows({
    name: 'call-open-for-long',
    side: 'money',
    means: 'A model call that has been in flight for two hours through a live gateway.',
    what: (subject) => `Call ${subject} has been in flight for more than two hours`,
    finding: callOpenLong,
    repair: 'presume it spent',
    isSafe: false,
    act: (query, { subject }) => presumeCall(query, subject),
  }),
  ofRows({
    name: 'key-of-ended-run',
    side: 'money',
    means: 'A gateway key that is valid although its run has ended.',
    what: (subject) => `Gateway key ${subject} is valid, but its run has ended`,
    finding: keyOfEndedRun,
    repair: 'revoke the key',
    isSafe: true,
    act: (query, { subject }) => revokeKeys(query, { keyId: subject }),
  }),
  {
    name: 'ledger-differs',
    side: 'money',
    seenBy: 'all',
    means: 'A counter of money that differs from the sum of its rows, as `moose budget --check` finds it.',
    repair: 'check it with `moose budget --check`: Moose never corrects a counter of money',
    isSafe: false,
    isSeldom: true,
    isReportedElsewhere: true,
    find: async ({ database, signal }) => {
      const differences = await database.run(proveBudget, signal);
      return differences.map((difference) => ({
        subject: `${difference.of} ${difference.counter}`,
        what: `The ledger's ${difference.counter} of ${difference.of} is wrong`,
        evidence: differenceText(difference),
        act: null,
      }));
    },
  },
  ofRows({
    name: 'notices-stuck',
    side: 'queues',
    means: 'Notices that have been due for more than ten minutes and that no process delivers.',
    what: (subject) => `Notices for the channel ${subject} are not delivered`,
    finding: noticesStuck,
    repair: null,
    isSafe: false,
  }),
  ofRows({
    name: 'notices-failed',
    side: 'queues',
    means: 'Notices that could not be delivered.',
    what: (subject) => `Notices for the channel ${subject} could not be delivered`,
    finding: noticesFailed,
    repair: 'try to deliver them again',
    isSafe: false,
    act: (query, { subject }) => retryNotices(query, subject),
  }),
  ofRows({
    name: 'webhooks-stuck',
    side: 'queues',
    means: 'Received webhooks that have been due for more than ten minutes.',
    what: (subject) => `Webhooks of ${subject} are not read`,
    finding: webhooksStuck,
    repair: null,
    isSafe: false,
  }),
  ofRows({
    name: 'degradation-of-ended-work-order',
    side: 'queues',
    means: 'A degradation that is open although its work order has ended.',
    what: (subject) => `Degradation ${subject} is open, but its work order has ended`,
    finding: degradationOfEnded,
    repair: 'end the degradation',
    isSafe: true,
    act: (query, { subject }) => endDegradationById(query, subject),
  }),
];
