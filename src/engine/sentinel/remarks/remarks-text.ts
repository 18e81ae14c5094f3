// The texts that carry remarks to an agent. The reviewer's words are quoted, and never become a heading of the prompt.
// Pure.

import { visibleLine } from '../../../domain/text/visible-text.ts';
import { messageCharsMax } from '../../../domain/work-order/message.ts';
import type { RemarkRow } from '../../../store/work/pull-requests/remarks.ts';

/** Leaves room for the sentence before it and for the quotation marks. */
const quotedCharsMax = messageCharsMax - 2_000;

type Said = Pick<RemarkRow, 'kind' | 'author' | 'number' | 'body' | 'judgement'>;

export function messageOf(remark: Said): string {
  const { kind, author, number, judgement } = remark;
  const who = author.replace(/\s+/g, ' ');
  const what =
    kind === 'line'
      ? `${who} commented on this line in the review of pull request #${number}:`
      : `${who} ${judgement === 'changes_requested' ? 'requests changes to' : 'reviewed'} pull request #${number}:`;
  return `${what}\n${quote(remark.body)}`;
}

/** For a work order that continues a completed one. */
export function followUpText(remarks: ReadonlyArray<Said & Pick<RemarkRow, 'path' | 'line'>>): string {
  const parts = remarks.map((remark) => {
    const path = remark.path === null ? null : visibleLine(remark.path);
    const place = [path, remark.line].filter((part) => part !== null).join(':');
    return `${place === '' ? '' : `On ${place}: `}${messageOf(remark)}`;
  });
  return ['Reviewers of the pull request of this branch ask for changes. Make them.', ...parts].join('\n\n');
}

function quote(body: string): string {
  const cut = body.length > quotedCharsMax ? `${body.slice(0, quotedCharsMax)} …` : body;
  const lines = cut.trim().split(/\r\n|\r|\n/);
  // The quotation mark lengthens each line, so a text of many short lines is cut again.
  return lines
    .map((line) => `> ${line}`)
    .join('\n')
    .slice(0, messageCharsMax - 500);
}
