// The limits and the layout of a backup file: a gzipped tar of parts, with the manifest as its last entry.

/** Larger content is split into parts, so that no more than this is held in memory. */
export const partBytesMax = 4 * 1024 * 1024;
export const manifestBytesMax = 256 * 1024 * 1024;
export const manifestName = 'manifest.json';
/** Real data never compresses this well: a file with a higher ratio is meant to fill the disk. */
export const unpackedPerPackedMax = 400;
/** Below this size the ratio says nothing. */
export const unpackedBytesFree = 16 * 1024 * 1024;
export const blockBytes = 512;

const partName = /^(tables|mirrors|remotes)\/[a-z0-9_.-]{1,130}\/\d{6,9}$/;

/** Only names that Moose writes: no `..` and no absolute path, so that unpacking by hand is safe too. */
export function isEntryName(name: string): boolean {
  return name === manifestName || (partName.test(name) && !name.includes('..'));
}

export function tablePath({ schema, name }: { schema: string; name: string }): string {
  return `tables/${schema}.${name}`;
}

export function repositoryPath({ folder, name }: { folder: string; name: string }): string {
  return `${folder}/${name}`;
}

const numberDigits = 6;

export function partPath(folder: string, number: number): string {
  return `${folder}/${String(number).padStart(numberDigits, '0')}`;
}
