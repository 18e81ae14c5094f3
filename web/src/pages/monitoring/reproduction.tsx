// A folder that reproduces the error, built on request.
import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { Reproduction } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { shown } from '../../parts/plain-text.ts';
import { Failed } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { Output } from './output.tsx';
import { tarOf } from './tar-of.ts';
import { many } from './words.ts';

export function ReproductionPart({ id }: { id: string }) {
  const asked = useMutation({
    mutationFn: () => ask('get /api/errors/{id}/reproduction', { params: { id } }),
  });
  const { data } = asked;
  return (
    <section aria-label="Reproduce" className="flex flex-col gap-2 border-t border-line pt-3">
      <p className="font-semibold">Reproduce this error</p>
      {data ? (
        <Ready reproduction={data} />
      ) : (
        <>
          <p className="text-quiet">
            Moose can build a folder with a script that reproduces this error, if it has enough data.
          </p>
          <Button className="self-start" isBusy={asked.isPending} onClick={() => asked.mutate()}>
            Build reproduction
          </Button>
        </>
      )}
      {asked.isError ? <Failed error={asked.error} /> : null}
    </section>
  );
}

function Ready({ reproduction: { error_id, does, expects, files } }: { reproduction: Reproduction }) {
  const name = `reproduction-${error_id.slice(0, 8)}`;
  return (
    <>
      <p>
        <span className="text-quiet">What it does: </span>
        <Words text={does} />
      </p>
      <p>
        <span className="text-quiet">Expected result: </span>
        <Words text={expects} />
      </p>
      <Button
        look="primary"
        className="self-start"
        onClick={() => download(`${name}.tar`, tarOf(name, files, new Date()))}
      >
        <Download aria-hidden size={16} /> {name}.tar ({many(files.length, 'file')})
      </Button>
      <p className="text-[13px] text-quiet">
        Then run <code>{`tar xf ${name}.tar && ${name}/reproduce.sh`}</code>. Read the script before you run
        it.
      </p>
      {files.map(({ path, content }) => (
        <details key={path}>
          <summary className="inline-flex min-h-6 items-center text-[13px] underline underline-offset-2">
            <code>{path}</code>
          </summary>
          <div className="mt-1.5">
            <Output title={path} text={shown(content)} />
          </div>
        </details>
      ))}
    </>
  );
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/x-tar' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
