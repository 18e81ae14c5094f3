// The port for notifications: what a notice contains, and what a channel must do with it.

import type { Severity } from '../../domain/failure.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';

/** All texts are plain, may come from anywhere and may have any length: each channel escapes and shortens them itself. */
export interface Notice {
  title: string;
  /** What happened, in a few sentences or lines. */
  text: string;
  severity: Severity;
  /** What was observed: short names and their values. */
  facts?: readonly { name: string; value: string }[];
  /** The available options, with the command that chooses each. */
  options?: readonly EscalationOption[];
  /** The ID of the option that Moose recommends. */
  recommended?: string | null;
  /** The path of a page with more details, below the address of Moose's interface: `/escalations/ID`. */
  path?: string;
}

export interface Delivery {
  /** Identifies the delivery, regardless of the attempt, so that a receiver can recognise a duplicate. */
  key: string;
  /** `escalation.opened`, `escalation.reminder`, `alert.raised`, `summary.daily`, … */
  kind: string;
  notice: Notice;
  /** When the notice was written, not when it is sent. */
  createdAt: Date;
  /** The full address of `notice.path`; null if Moose does not know its own address. */
  link: string | null;
}

export interface Notifier {
  /** The channel's name in the outbox: `slack`. */
  readonly name: string;
  /**
   * Resolves once the channel has accepted the notice.
   * @throws MooseError `NOTICE_NOT_DELIVERED` (retryable, with `retryAfterMs` if the channel asked for it) or
   * `NOTICE_REFUSED`, neither of which contains the channel's address; or the signal's reason once it is aborted
   */
  send(delivery: Delivery, signal: AbortSignal): Promise<void>;
}

/** A browser that shows notices to one person. */
export interface PushTarget {
  /** An address of the browser's push service. */
  endpoint: string;
  p256dh: Buffer;
  auth: Buffer;
}

/** The key that browsers subscribe with; both halves in base64url. */
export interface PushKey {
  publicKey: string;
  privateKey: string;
}

export interface PushSender {
  /**
   * `gone`: the browser is no longer subscribed, and never will be again at this endpoint.
   * @throws MooseError `NOTICE_NOT_DELIVERED` (retryable, with `retryAfterMs` if the push service asked for it) or
   * `NOTICE_REFUSED`, neither of which contains the endpoint; or the signal's reason once it is aborted
   */
  send(
    delivery: Pick<Delivery, 'key' | 'kind' | 'notice'>,
    to: PushTarget,
    key: PushKey,
    signal: AbortSignal,
  ): Promise<'delivered' | 'gone'>;
}
