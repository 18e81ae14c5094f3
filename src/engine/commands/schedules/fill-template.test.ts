import { expect, test } from 'vitest';
import { fillTemplate } from './fill-template.ts';

const instant = { name: 'nightly', dueAt: new Date('2026-11-23T23:30:00Z'), timeZone: 'Europe/Berlin' };
const fill = (title: string) => fillTemplate({ title, description: '', acceptance: '' }, instant).title;

test('placeholders have the values of the instant in the zone of the schedule', () => {
  expect(fill('{{date}} {{time}} {{weekday}} {{schedule}}')).toBe('2026-11-24 00:30 Tuesday nightly');
});

test('fear: a text of another template language is changed, or a value is read as a template', () => {
  const foreign = '{{ github.ref }} {{ date }} {{#if}} {{date.now}} $& $1 $$ {{';
  expect(() => fill('{{{x}}}')).toThrow(expect.objectContaining({ code: 'PLACEHOLDER_UNKNOWN' }));
  expect(fill(foreign)).toBe(foreign);
  expect(
    fillTemplate(
      { title: '{{schedule}}', description: '', acceptance: '' },
      { ...instant, name: '$&{{date}}' },
    ).title,
  ).toBe('$&{{date}}');
});

test('an unknown placeholder is refused, also one that every object has', () => {
  for (const text of ['{{dat}}', '{{constructor}}', '{{__proto__}}', '{{toString}}'])
    expect(() => fill(text), text).toThrow(expect.objectContaining({ code: 'PLACEHOLDER_UNKNOWN' }));
});
