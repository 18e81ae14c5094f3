// Reads the codes of errors from the operating system, Node and drivers: `ENOENT`, `ERR_SQLITE_ERROR`, `40001`.

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The disk has no room, takes no writes or reports an error: that ends when a person or other work has seen to it. */
export function isOfDisk(error: unknown): boolean {
  return hasErrorCode(error, 'ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EUCLEAN', 'ESHUTDOWN');
}

export function hasErrorCode(error: unknown, ...codes: string[]): boolean {
  const code = errorCode(error);
  return code !== undefined && codes.includes(code);
}
