// What a browser shows of a notice: who asks, what about, and the path of its page. The rest stays in Moose.
import { createHash } from 'node:crypto';
import { redact } from '../../domain/text/redact.ts';
import { visibleLine } from '../../domain/text/visible-text.ts';
import type { Delivery } from '../../engine/ports/notifier.ts';
import { fitText } from '../fit-text.ts';

const bodyCharsMax = 240;
/** Paths of Moose's own pages, without anything that a URL could read as a host. */
const ownPath = /^\/[\w-]+(?:\/[\w-]+)*$/;

/** The titles are fixed: a text from elsewhere cannot pose as Moose. */
const titles: Readonly<Record<string, string>> = {
  'escalation.opened': 'Moose has a question',
  'escalation.owner': 'A question has a new owner',
  'escalation.reminder': 'A question is still open',
  'push.test': 'Moose can reach this browser',
};

export function pushMessage({ kind, notice }: Pick<Delivery, 'kind' | 'notice'>): object {
  const { path } = notice;
  return {
    title: titles[kind] ?? 'Moose',
    body: fitText(visibleLine(redact(notice.title)), bodyCharsMax),
    path: path !== undefined && ownPath.test(path) ? path : '/',
  };
}

/** A later message with the same topic replaces one that the browser has not received yet (RFC 8030, 5.4). */
export function pushTopic({ notice, key }: Pick<Delivery, 'notice' | 'key'>): string {
  const topicChars = 32;
  return createHash('sha256')
    .update(notice.path ?? key)
    .digest('base64url')
    .slice(0, topicChars);
}
