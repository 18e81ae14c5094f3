// Reports the result of a button press in Slack, at the address that came with the press.
import { fitText } from '../fit-text.ts';
import { postNotice } from '../post-notice.ts';

const textCharsMax = 3_000;
const codes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** @throws MooseError `NOTICE_NOT_DELIVERED` or `NOTICE_REFUSED` */
export async function replyInSlack(
  url: string,
  { text, isForAll }: { text: string; isForAll: boolean },
  signal: AbortSignal,
): Promise<void> {
  const body = {
    text: fitText(text, textCharsMax, (character) => codes[character] ?? character),
    response_type: isForAll ? 'in_channel' : 'ephemeral',
    replace_original: false,
  };
  await postNotice({ name: 'slack', url }, JSON.stringify(body), { key: 'reply' }, signal);
}
