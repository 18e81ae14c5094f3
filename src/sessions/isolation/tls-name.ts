// Reads the server name of a TLS ClientHello from the first bytes of a connection (RFC 8446, RFC 6066). Pure.

export type TlsStart =
  /** Not TLS, or TLS without a server name. */
  | { is: 'nameless' }
  | { is: 'named'; name: string }
  /** The ClientHello is not complete yet. */
  | { is: 'unfinished' }
  /** It starts like TLS but cannot be read. */
  | { is: 'broken' };

const handshakeRecord = 22;
const otherRecords: readonly number[] = [20, 21, 23, 24];
const clientHello = 1;
const serverName = 0;
const hostName = 0;
/** A real ClientHello has up to about 2 KiB; this is the limit of one record. */
export const greetingBytesMax = 16 * 1024;

export function readTlsStart(bytes: Buffer): TlsStart {
  if (bytes.length === 0) return { is: 'unfinished' };
  // A warning before the ClientHello is refused, because servers skip it.
  if (otherRecords.includes(bytes[0] ?? 0)) return { is: 'broken' };
  if (bytes[0] !== handshakeRecord) return { is: 'nameless' };
  if (bytes.length > greetingBytesMax) return { is: 'broken' };
  const handshake = withoutRecords(bytes);
  if (handshake === null) return { is: 'broken' };
  if (handshake.length < 4) return { is: 'unfinished' };
  if (handshake[0] !== clientHello) return { is: 'broken' };
  const end = 4 + handshake.readUIntBE(1, 3);
  if (end > greetingBytesMax) return { is: 'broken' };
  if (handshake.length < end) return { is: 'unfinished' };
  return nameIn(handshake.subarray(4, end));
}

/** Joins the records of a ClientHello. Null if a record of another kind comes between them. */
function withoutRecords(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    if (bytes[at] !== handshakeRecord) return null;
    const length = bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return Buffer.concat(parts);
}

function nameIn(hello: Buffer): TlsStart {
  try {
    // After version and random come three lists with their lengths: session, ciphers, compression.
    let at = 34;
    at += 1 + hello.readUInt8(at);
    at += 2 + hello.readUInt16BE(at);
    at += 1 + hello.readUInt8(at);
    if (at === hello.length) return { is: 'nameless' };
    const end = at + 2 + hello.readUInt16BE(at);
    let start: TlsStart = { is: 'nameless' };
    for (at += 2; at < end; ) {
      const [type, length] = [hello.readUInt16BE(at), hello.readUInt16BE(at + 2)];
      // A second name is refused: the server might use that one.
      if (type === serverName && start.is !== 'nameless') return { is: 'broken' };
      if (type === serverName) start = nameOf(hello.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return start;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return { is: 'broken' };
  }
}

/** Accepts exactly one name, of a host: some servers skip names of other kinds and read on. */
function nameOf(list: Buffer): TlsStart {
  const length = list.readUInt16BE(3);
  const isOne = list.readUInt16BE(0) === list.length - 2 && length === list.length - 5;
  if (!isOne || list.readUInt8(2) !== hostName) return { is: 'broken' };
  return { is: 'named', name: list.toString('latin1', 5) };
}
