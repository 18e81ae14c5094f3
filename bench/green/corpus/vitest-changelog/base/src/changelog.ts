import { parseCommit } from './commit';
import { nextVersion } from './version';

const TITLES: Record<string, string> = { feat: 'Features', fix: 'Fixes', other: 'Other' };

export function changelog(from: string, messages: readonly string[], date = new Date()): string {
  const commits = messages.map(parseCommit);
  const lines = ['## ' + nextVersion(from, commits) + ' (' + date.toISOString().slice(0, 10) + ')'];
  for (const [type, title] of Object.entries(TITLES)) {
    const those = commits.filter((commit) => commit.type === type);
    if (those.length === 0) continue;
    lines.push('', '### ' + title, '');
    for (const { scope, subject, breaking } of those) {
      lines.push('- ' + (scope ? scope + ': ' : '') + subject + (breaking ? ' (breaking)' : ''));
    }
  }
  return lines.join('\n') + '\n';
}
