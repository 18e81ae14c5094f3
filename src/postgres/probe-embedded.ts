import { access, constants } from 'node:fs/promises';
import { isMooseError } from '../domain/failure.ts';
import { askVersion, type BinaryPackage, findBinaryPackage, unusable } from './binaries/binaries.ts';
import { hasAllLinks } from './binaries/binary-links.ts';
import { chooseAccount } from './start/account.ts';

export interface EmbeddedProbe {
  /** The version of PostgreSQL, such as 18.4, if it could start. */
  version: string | null;
  /** What to do if PostgreSQL could not start. */
  advice: string | null;
}

/** Reports, without starting or changing anything, whether the embedded PostgreSQL could start here. */
export async function probeEmbedded(find: () => BinaryPackage = findBinaryPackage): Promise<EmbeddedProbe> {
  try {
    const found = find();
    await chooseAccount(null);
    const { version, end } = await askVersion(found.native, { account: null });
    if (version !== null) return { version, advice: null };
    // Missing links are no problem: a start creates them, in a copy if needed.
    if (!(await hasAllLinks(found.native)) && (await isReadable(found.native))) {
      return { version: found.packageVersion, advice: null };
    }
    return { version: null, advice: unusable(found.native, end).advice ?? null };
  } catch (cause) {
    if (isMooseError(cause)) return { version: null, advice: cause.advice ?? cause.message };
    throw cause;
  }
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
