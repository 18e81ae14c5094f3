const quote = 0x22;
const backslash = 0x5c;

/** The position after the closing quote of the JSON string that starts here, or the end of the bytes if there is none. */
export function endOfString(bytes: Buffer, start: number): number {
  for (let from = start + 1; ; ) {
    const at = bytes.indexOf(quote, from);
    if (at < 0) return bytes.length;
    let backslashes = 0;
    while (bytes[at - 1 - backslashes] === backslash) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
    from = at + 1;
  }
}
