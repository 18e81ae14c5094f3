// The port for notifications: what a notice contains, and what a channel must do with it.
import type { EscalationOption } from '../../domain/escalation.ts';
import type { Severity } from '../../domain/failure.ts';

/** All texts are plain, may come from anywhere and be of any length: each channel escapes and cuts them for itself. */
export interface Notice {
  title: string;
  /** What happened, in a few sentences or lines. */
  text: string;
  severity: Severity;
  /** What was observed: short names with their values. */
  facts?: readonly { name: string; value: string }[];
  /** What can be chosen, with the command that chooses it. */
  options?: readonly EscalationOption[];
  /** The id of the option that Moose would take. */
  recommended?: string | null;
  /** Where more is to be seen, below the address of Moose's interface: `/escalations/ID`. */
  path?: string;
}

export interface Delivery {
  /** The same for each attempt at one delivery: a receiver that keeps it can tell a second copy. */
  key: string;
  /** `escalation.opened`, `escalation.reminder`, `alert.raised`, `summary.daily`, … */
  kind: string;
  notice: Notice;
  /** When it was written, not when it is sent. */
  createdAt: Date;
  /** The whole address of `notice.path`; null where Moose does not know its own. */
  link: string | null;
}

export interface Notifier {
  /** The channel's name in the outbox: `slack`. */
  readonly name: string;
  /**
   * Resolves once the channel has taken it.
   * @throws MooseError `NOTICE_NOT_DELIVERED` (retryable, with `retryAfterMs` where the channel asked for it) or
   * `NOTICE_REFUSED`; neither names the channel's address. The signal's reason once that is aborted.
   */
  send(delivery: Delivery, signal: AbortSignal): Promise<void>;
}
