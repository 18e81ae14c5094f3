/** A shape of zod, without a dependency on it. */
interface Shape<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/**
 * The document in a text that was read from a file; null if there is no file, or if it is empty, cut off or damaged in
 * another way, as after a power failure. For files whose absence is a lawful state.
 */
export function parseKept<T>(text: string | null, shape: Shape<T>): T | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const read = shape.safeParse(value);
  return read.success ? read.data : null;
}
