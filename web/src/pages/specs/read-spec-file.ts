// Reads a file as text. Files that are not text are refused here, with a message about the file.
/** The server's limit for the text in UTF-8. */
export const specBytesMax = 512 * 1024;

export type SpecFile = { name: string; content: string } | { problem: string };

export async function readSpecFile(file: Pick<File, 'name' | 'size' | 'arrayBuffer'>): Promise<SpecFile> {
  if (file.size > specBytesMax)
    return {
      problem: `${file.name} is ${kilobytes(file.size)}. The limit is ${kilobytes(specBytesMax)}.`,
    };
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { problem: `${file.name} cannot be read. It may be a folder, or it may have been moved.` };
  }
  try {
    const content = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (content.includes('\0')) throw new TypeError('Text has no zero bytes');
    return { name: nameOfFile(file.name), content };
  } catch {
    return { problem: `${file.name} is not UTF-8 text. Save it as Markdown or plain text.` };
  }
}

/** The file name without its extension. */
const nameOfFile = (name: string) => name.replace(/\.(md|markdown|mdx|txt|text)$/i, '');

export const bytesOf = (text: string) => new TextEncoder().encode(text).byteLength;

export function kilobytes(bytes: number): string {
  return bytes < 1_024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1_024).toLocaleString('en-US')} kB`;
}
