import { Copy, Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Session } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { type OutputText, wholeText } from './output-text.ts';
import { askOutput, type Stream } from './use-output.ts';

/** Downloads are cut at this size, and the page says so. */
const downloadBytesMax = 64 * 1024 * 1024;

export interface OutputActsProps {
  session: Session;
  stream: Stream;
  text: OutputText;
}

export function OutputActs({ session, stream, text }: OutputActsProps) {
  const [told, setTold] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const tell = (done: Promise<string>) =>
    done.then(setTold, (cause: unknown) => setTold(cause instanceof Error ? cause.message : String(cause)));
  const download = () => {
    stop.current = new AbortController();
    setIsBusy(true);
    void tell(saved(session, stream, stop.current.signal)).then(() => setIsBusy(false));
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span role="status">{told}</span>
      <Button
        size="small"
        className="min-h-11 sm:min-h-8"
        onClick={() => void tell(navigator.clipboard.writeText(wholeText(text)).then(() => 'Copied.'))}
      >
        <Copy aria-hidden size={14} /> Copy visible output
      </Button>
      <Button size="small" className="min-h-11 sm:min-h-8" isBusy={isBusy} onClick={download}>
        <Download aria-hidden size={14} /> Download full output
      </Button>
    </div>
  );
}

async function saved(session: Session, stream: Stream, signal: AbortSignal): Promise<string> {
  const parts: string[] = [];
  let offset = 0;
  for (;;) {
    const { text, next_offset: next, size } = await askOutput(session.id, stream, offset, signal);
    parts.push(text);
    const isStuck = next <= offset;
    offset = next;
    if (isStuck || offset >= size || offset >= downloadBytesMax) break;
  }
  const url = URL.createObjectURL(new Blob(parts, { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${session.id}-${stream}.txt`;
  link.click();
  URL.revokeObjectURL(url);
  return offset >= downloadBytesMax ? 'Saved the first 64 MB.' : 'Saved.';
}
