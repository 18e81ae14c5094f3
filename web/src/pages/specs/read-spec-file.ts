// A file as the text that it holds: what is no text is refused here, where it can be said of the file.
/** The most that Moose takes, of the text in UTF-8. */
export const specBytesMax = 512 * 1024;

export type SpecFile = { name: string; content: string } | { problem: string };

export async function readSpecFile(file: Pick<File, 'name' | 'size' | 'arrayBuffer'>): Promise<SpecFile> {
  if (file.size > specBytesMax)
    return {
      problem: `${file.name} has ${kilobytes(file.size)}, and ${kilobytes(specBytesMax)} are the most.`,
    };
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { problem: `${file.name} cannot be read: is it a folder, or was it moved?` };
  }
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (content.includes('\0')) throw new TypeError('A text has no zero bytes');
    return { name: nameOfFile(file.name), content };
  } catch {
    return { problem: `${file.name} is not a text in UTF-8: save it as Markdown or plain text first.` };
  }
}

/** Without what says of which kind it is. */
const nameOfFile = (name: string) => name.replace(/\.(md|markdown|mdx|txt|text)$/i, '');

export const bytesOf = (text: string) => new TextEncoder().encode(text).byteLength;

export function kilobytes(bytes: number): string {
  return bytes < 1_024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1_024).toLocaleString('en-US')} kB`;
}
