import { expect, test } from 'vitest';
import { printedDocuments } from '../../../contract/contract.ts';
import { scheduleGround } from '../../../engine/commands/schedules/schedules.fixture.ts';
import { moose } from '../run-command.fixture.ts';

test('R-UI-7: moose schedule shows when a schedule is due next, in words and in its zone', async () => {
  const { database, add, due, decide } = await scheduleGround();
  expect((await moose(database, 'schedule')).text).toMatch(/^There are no schedules/);
  const { id } = await add({ timeZone: 'Europe/Berlin', title: 'Tidy {{date}}' });
  await due(id, 2);
  await decide(id);
  const listed = await moose(database, 'schedule', 'list');
  expect(listed.text).toMatch(/NAME +PROJECT +CRON +NEXT +LAST/);
  expect(listed.text).toMatch(
    /nightly .+ \w{3} \d+ \w{3,4} \d{4} \d\d:\d\d \(in \d+ min\) +pending [0-9a-f]{8}/,
  );
  const shown = await moose(database, 'schedule', 'show', 'nightly');
  expect(printedDocuments['schedule show'].parse(shown.document)).toEqual(shown.document);
  expect(shown.text).toMatch(/when +\d+ \* \* \* \* in Europe\/Berlin/);
  expect(shown.text).toMatch(/limit +\$1\.00 for each work order/);
  expect(shown.text).toMatch(/missed \(2\) +– +Moose was not running\./);
  const changed = await moose(database, 'schedule', 'change', 'nightly', '--limit', '2.5', '--name', 'early');
  expect(printedDocuments['schedule change'].parse(changed.document)).toEqual(changed.document);
  expect(changed.text).toMatch(/limit +\$2\.50 for each work order/);
  expect(changed.text).toMatch(/changed +– +anna: name "nightly" → "early", limit_usd 1 → 2\.5/);
  await moose(database, 'schedule', 'change', 'early', '--name', 'nightly');
  const paused = await moose(database, 'schedule', 'pause', 'nightly', '--because', 'holidays');
  expect(paused.text).toMatch(/next +paused by anna: holidays/);
  expect((await moose(database, 'schedule', 'resume', 'nightly')).text).toMatch(/next +\w{3} \d+/);
  expect((await moose(database, 'schedule', 'remove', 'nightly')).text).toBe('Removed: the schedule nightly');
});
