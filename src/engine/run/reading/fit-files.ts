// Selects what a prompt shows of a repository, up to a limit of bytes: the tree, the manifests at the root, the most
// relevant files (whole or in part), and what the next files define. A file that the request names may be cut, but is
// never silently omitted. Pure.
import { cutToBytes, excerptOf, type Sought } from './excerpt.ts';
import type { RankedFile } from './rank-files.ts';
import { treeSummary } from './tree-summary.ts';

export interface ReadFile extends RankedFile {
  content: string;
}

export interface Selection {
  /** The files of the repository; in a large one, folders with only their number of files. */
  tree: string;
  /** The contents of files, or parts of them, most relevant first. */
  shown: Map<string, string>;
  /** For files that are shown in part: the lines that are shown, and the total number of lines. */
  cut: Map<string, string>;
  /** Files that the request names but that are not shown at all. */
  leftOut: string[];
  /** What the next most relevant files define. */
  symbols: string;
}

const treeBytesMax = 16 * 1024;
const treeShare = 0.2;
const manifestBytesMax = 4 * 1024;
const manifestShare = 0.05;
const symbolsShare = 0.08;
/** A smaller part would not help. */
const partBytesMin = 1_000;
/** Unless it is small, a file that the request does not name takes at most this share of the remaining bytes. */
const unnamedShare = 0.4;
const smallBytes = 8 * 1024;
/** Less relevant files are shown whole or not at all. */
const partsMax = 20;
/** The bytes that a prompt adds to each file, besides its path. */
const markBytes = 64;

export function fitFiles(
  paths: readonly string[],
  files: readonly ReadFile[],
  sought: Sought,
  bytesMax: number,
): Selection {
  const tree = treeSummary(paths, Math.min(treeBytesMax, Math.floor(bytesMax * treeShare)));
  const room = new Room(bytesMax - Buffer.byteLength(tree));
  const symbolBytes = Math.floor(bytesMax * symbolsShare);
  const manifests = files.filter(
    ({ file, content }) =>
      file.role === 'manifest' &&
      !file.path.includes('/') &&
      Buffer.byteLength(content) <= Math.min(manifestBytesMax, bytesMax * manifestShare),
  );
  const manifestBytes = manifests.reduce((sum, each) => sum + room.bytesOf(each), 0);
  const isKept = manifestBytes <= bytesMax * manifestShare;
  room.left -= symbolBytes + (isKept ? manifestBytes : 0);
  files.forEach((file, rank) => {
    if (!isKept || !manifests.includes(file)) room.put(file, rank, sought);
  });
  if (isKept) for (const file of manifests) room.shown.set(file.file.path, file.content);
  const { shown, cut, leftOut } = room;
  const others = files.filter(({ file }) => !shown.has(file.path) || cut.has(file.path));
  return { tree, shown, cut, leftOut, symbols: symbolMap(others, symbolBytes) };
}

class Room {
  readonly shown = new Map<string, string>();
  readonly cut = new Map<string, string>();
  readonly leftOut: string[] = [];
  left: number;

  constructor(bytes: number) {
    this.left = bytes;
  }

  bytesOf({ file, content }: ReadFile, text = content): number {
    return Buffer.byteLength(text) + Buffer.byteLength(file.path) + markBytes;
  }

  put(read: ReadFile, rank: number, sought: Sought): void {
    const { isNamed, file, content } = read;
    const bytes = this.bytesOf(read);
    const share = isNamed ? this.left : Math.max(this.left * unnamedShare, Math.min(smallBytes, this.left));
    if (bytes <= share) {
      this.#show(read, content);
      return;
    }
    if (!isNamed && rank >= partsMax) return;
    const room = Math.floor(share) - this.bytesOf(read, '') - lineListBytes;
    const part = room < partBytesMin ? null : this.#partOf(read, sought, room);
    if (part === null) {
      if (isNamed) this.leftOut.push(file.path);
      return;
    }
    this.cut.set(file.path, part.lines);
    this.#show(read, part.text);
  }

  #partOf({ file, content }: ReadFile, sought: Sought, room: number) {
    const part = excerptOf(file.path, content, file.facts?.definitions ?? [], sought, room);
    const lines = cutToBytes(part.lines, lineListBytes);
    return part.text === '' ? null : { ...part, lines };
  }

  #show(read: ReadFile, text: string): void {
    this.shown.set(read.file.path, text);
    this.left -= this.bytesOf(read, text) + Buffer.byteLength(this.cut.get(read.file.path) ?? '');
  }
}

/** The longest text that lists the shown lines of a file. */
const lineListBytes = 300;
const symbolFilesMax = 40;
const symbolsPerFileMax = 25;
const signatureCharsMax = 120;

/** Lists for each file the lines that contain definitions, as far as they fit. */
export function symbolMap(files: readonly ReadFile[], bytesMax: number): string {
  const parts: string[] = [];
  let left = bytesMax;
  for (const { file, content } of files) {
    const definitions = file.facts?.definitions.slice(0, symbolsPerFileMax) ?? [];
    if (definitions.length === 0 || file.path.includes('\n')) continue;
    const lines = content.split('\n');
    const said = definitions.map(
      ({ line }) => `  ${line + 1}: ${(lines[line] ?? '').trim().slice(0, signatureCharsMax).toWellFormed()}`,
    );
    const part = [`${file.path}`, ...said].join('\n');
    left -= Buffer.byteLength(part) + 1;
    if (left < 0) break;
    parts.push(part);
    if (parts.length === symbolFilesMax) break;
  }
  return parts.join('\n');
}
