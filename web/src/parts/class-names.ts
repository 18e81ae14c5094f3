/** Joins the truthy names. */
export function classNames(...given: ReadonlyArray<string | false | null | undefined>): string {
  return given.filter(Boolean).join(' ');
}
