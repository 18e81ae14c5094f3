// What is a picture: bytes of a type for pictures that a model looks at once. Anything else that is sent in a picture's place,
// such as pages, films, sound or text, is a file.
import { isObject, memberOf } from './json-value.ts';

/** Media types of pictures, without parameters. Others may have many pages, or be text. */
const types = /^image\/(?:png|jpe?g|gif|webp|heic|heif)$/i;
const address = /^data:([\w.+-]+\/[\w.+-]+);base64,([A-Za-z0-9+/_=-]*)$/;
const base64 = /^[A-Za-z0-9+/_=-]*$/;

/** The first bytes of pictures: hosts may go by them, and not by the type that is written beside. */
const beginnings = [
  /^\x89PNG\r\n/,
  /^\xff\xd8\xff/,
  /^GIF8[79]a/,
  /^RIFF[\s\S]{4}WEBP/,
  /^[\s\S]{4}ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1)/,
];
const beginningChars = 64;
/** Less than this is no file of any kind. */
const leastChars = 32;

export interface Media {
  type: unknown;
  data: unknown;
}

const nothing: Media = { type: 'image/png', data: '' };

/** The media type and the bytes of `data:image/png;base64,…`; null for another address. */
export function mediaAt(value: unknown): Media | null {
  if (value === undefined || value === null) return nothing;
  const [, type, data] = (typeof value === 'string' && address.exec(value)) || [];
  return type === undefined ? null : { type, data };
}

/** As Anthropic and Gemini write it; without bytes, it is nothing. */
export function mediaIn(value: unknown, typeNames: readonly string[]): Media | null {
  if (!isObject(value)) return null;
  const type = typeNames.map((name) => memberOf(value, name)).find((each) => each !== undefined);
  return { type, data: memberOf(value, 'data') ?? '' };
}

/** The number of characters of the picture's bytes; null if it is no picture. */
export function charsOfPicture(media: Media | null): number | null {
  if (media === null || typeof media.type !== 'string' || typeof media.data !== 'string') return null;
  const { type, data } = media;
  if (!types.test(type) || !base64.test(data)) return null;
  const begins = Buffer.from(data.slice(0, beginningChars), 'base64').toString('latin1');
  const isPicture = data.length < leastChars || beginnings.some((beginning) => beginning.test(begins));
  return isPicture ? data.length : null;
}
