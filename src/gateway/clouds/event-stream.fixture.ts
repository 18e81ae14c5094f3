// Amazon's event stream by its published framing, written without the library that the gateway uses.
import { crc32 } from 'node:zlib';

const stringType = 7;

function header(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(valueBytes.length);
  return Buffer.concat([Buffer.of(nameBytes.length), nameBytes, Buffer.of(stringType), length, valueBytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function frame(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const heads = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const body = Buffer.from(payload);
  const lengths = Buffer.concat([uint32(heads.length + body.length + 16), uint32(heads.length)]);
  const before = Buffer.concat([lengths, uint32(crc32(lengths)), heads, body]);
  return Buffer.concat([before, uint32(crc32(before))]);
}

/** The beginning of a frame that says this length, with a valid checksum. */
export function preludeOf(length: number): Buffer {
  const lengths = Buffer.concat([uint32(length), uint32(0)]);
  return Buffer.concat([lengths, uint32(crc32(lengths))]);
}

/** One event of Anthropic, as Bedrock sends it; `p` is padding that hides its length. */
export function chunkFrame(event: unknown): Buffer {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  return frame(
    { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
    JSON.stringify({ bytes, p: 'abcdefgh' }),
  );
}

export function exceptionFrame(type: string, message: string): Buffer {
  return frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    JSON.stringify({ message }),
  );
}
