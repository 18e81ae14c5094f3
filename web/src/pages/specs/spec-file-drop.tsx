// Selects a file by click, keyboard or drag and drop.
import { FileUp } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { readSpecFile } from './read-spec-file.ts';

interface Words {
  problem: boolean;
  words: string;
}

export function SpecFileDrop({ onRead }: { onRead(file: { name: string; content: string }): void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [told, setTold] = useState<Words | null>(null);
  const take = async (files: FileList | null) => {
    const file = files?.[0];
    if (!file) return;
    const read = await readSpecFile(file);
    if ('problem' in read) setTold({ problem: true, words: read.problem });
    else {
      const others = files.length > 1 ? ' Only one file is loaded at a time.' : '';
      setTold({ problem: false, words: `${file.name} loaded.${others}` });
      onRead(read);
    }
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same
    <div
      onDragOver={over}
      onDragEnter={over}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files);
      }}
      className={classNames(
        'flex flex-col items-center gap-2 rounded-lg border-2 border-dashed p-5 text-center',
        isOver ? 'border-accent bg-raised' : 'border-line',
      )}
    >
      <input
        ref={input}
        type="file"
        hidden
        accept=".md,.markdown,.mdx,.txt,.text,text/plain,text/markdown"
        onChange={(event) => {
          const { files } = event.target;
          void take(files).finally(() => {
            // Allows choosing the same file again after it was changed.
            if (input.current) input.current.value = '';
          });
        }}
      />
      <Button onClick={() => input.current?.click()}>
        <FileUp aria-hidden size={16} />
        Choose a file
      </Button>
      <p className="text-[13px] text-quiet">
        or drop it here, or paste the text below. Markdown or plain text, up to 512 kB.
      </p>
      <Told told={told} />
    </div>
  );
}

function Told({ told }: { told: Words | null }) {
  return (
    <p
      role="status"
      dir="auto"
      className={classNames('[overflow-wrap:anywhere]', told?.problem ? 'font-medium text-bad' : 'text-good')}
    >
      {told?.words}
    </p>
  );
}
