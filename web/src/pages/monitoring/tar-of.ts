// Packs files into a tar archive: the `ustar` format of POSIX.1-1988, which is enough for small files with short names.

interface File {
  path: string;
  content: string;
  /** The exact bytes, if the content is not UTF-8. */
  content_base64?: string | null;
}

const blockBytes = 512;
const nameBytesMax = 100;
/** Scripts are executable. */
const modeOf = (content: string) => (content.startsWith('#!') ? '0000755' : '0000644');

/** Puts all files below one folder. @throws RangeError if a path is too long for a header. */
export function tarOf(folder: string, files: readonly File[], at: Date): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = files.flatMap(({ path, content, content_base64 }) => {
    const body = content_base64 ? bytesOf(content_base64) : encoder.encode(content);
    const padded = new Uint8Array(Math.ceil(body.length / blockBytes) * blockBytes);
    padded.set(body);
    return [header(`${folder}/${path}`, body.length, modeOf(content), at), padded];
  });
  parts.push(new Uint8Array(2 * blockBytes));
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

function header(name: string, bytes: number, mode: string, at: Date): Uint8Array {
  const block = new Uint8Array(blockBytes);
  const encoder = new TextEncoder();
  const put = (text: string, offset: number) => block.set(encoder.encode(text), offset);
  if (encoder.encode(name).length > nameBytesMax) throw new RangeError(`path is too long for tar: ${name}`);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(name, 0);
  put(mode, 100);
  put('0000000', 108);
  put('0000000', 116);
  put(octal(bytes, 11), 124);
  put(octal(Math.floor(at.getTime() / 1_000), 11), 136);
  // The checksum field counts as spaces.
  put('        ', 148);
  put('0', 156);
  put('ustar\u000000', 257);
  const sum = block.reduce((all, byte) => all + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return block;
}
