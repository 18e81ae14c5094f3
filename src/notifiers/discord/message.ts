// A notice as Discord's embed. Limits: https://discord.com/developers/docs/resources/message#embed-object, as of 2025.

import type { Severity } from '../../domain/failure.ts';
import type { EscalationOption } from '../../domain/people/escalation.ts';
import type { Delivery } from '../../engine/ports/notifier.ts';
import { fitText } from '../fit-text.ts';
import { optionWords } from '../option-words.ts';

const contentCharsMax = 2_000;
const titleCharsMax = 256;
const descriptionCharsMax = 4_096;
const fieldsMax = 25;
const fieldNameCharsMax = 256;
const fieldValueCharsMax = 1_024;
const footerCharsMax = 2_048;
/** The limit for title, description, fields and footer together. */
const embedCharsMax = 6_000;
/** A description leaves this many characters for the options, which are the purpose of the notice. */
const fieldsRoom = 2_600;
const optionsMax = 10;

const colours: Readonly<Record<Severity, number>> = {
  low: 0x3b82f6,
  medium: 0xeab308,
  high: 0xf97316,
  critical: 0xdc2626,
};

/** Characters of Discord's markup, its mentions, and its links. */
const encode = (character: string) =>
  /[\\*_~`|>#\-+[\]()<:@]/.test(character) ? `\\${character}` : character;
const encodeCode = (character: string) => (character === '`' ? "'" : character === '\n' ? ' ' : character);

interface Field {
  name: string;
  value: string;
  inline: boolean;
}

export function discordMessage(delivery: Delivery): object {
  const { notice, link, kind, createdAt } = delivery;
  const title = fitText(notice.title, titleCharsMax, encode) || '–';
  const footer = fitText(`Moose · ${kind}`, footerCharsMax);
  const options = (notice.options ?? [])
    .slice(0, optionsMax)
    .map((each) => optionField(each, notice.recommended));
  const facts = (notice.facts ?? []).map(({ name, value }) => ({
    name: fitText(name, fieldNameCharsMax, encode) || '–',
    value: fitText(value, fieldValueCharsMax, encode) || '–',
    inline: true,
  }));
  const wanted = [...options, ...facts].reduce((chars, field) => chars + charsOf(field), 0);
  const fixed = title.length + footer.length;
  const room = embedCharsMax - fixed - Math.min(wanted, fieldsRoom);
  const description = fitText(notice.text, Math.min(descriptionCharsMax, room), encode);
  return {
    content: fitText(notice.title, contentCharsMax, encode) || '–',
    // Whatever the text says, nobody is mentioned.
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title,
        ...(description.trim() === '' ? {} : { description }),
        color: colours[notice.severity],
        fields: fitFields([...options, ...facts], embedCharsMax - fixed - description.length),
        footer: { text: footer },
        timestamp: createdAt.toISOString(),
        ...(link === null ? {} : { url: link }),
      },
    ],
  };
}

function charsOf({ name, value }: Field): number {
  return name.length + value.length;
}

/** The first options that fit, and if some do not, a last field with the number of missing ones. */
function fitFields(fields: readonly Field[], charsMax: number): Field[] {
  const fitting = (room: number, count: number) => {
    let chars = 0;
    return fields.slice(0, count).filter((field) => {
      chars += charsOf(field);
      return chars <= room;
    });
  };
  const all = fitting(charsMax, fieldsMax);
  if (all.length === fields.length) return all;
  const moreRoom = 40;
  const some = fitting(charsMax - moreRoom, fieldsMax - 1);
  return [...some, { name: '…', value: `and ${fields.length - some.length} more`, inline: false }];
}

function optionField(option: EscalationOption, recommended: string | null | undefined): Field {
  const label = option.id === recommended ? `${option.label} (recommended)` : option.label;
  const words = optionWords(option);
  const command = fitText(option.command, fieldValueCharsMax - words.length - 3, encodeCode) || '–';
  return {
    name: fitText(label, fieldNameCharsMax, encode) || '–',
    value: `\`${command}\`\n${words}`,
    inline: false,
  };
}
