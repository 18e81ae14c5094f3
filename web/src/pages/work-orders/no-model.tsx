import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { hasNoModel } from '../monitoring/troubles.ts';
import { useModels } from '../settings/use-settings.ts';

/** Without a model no agent can work: what a person can do, before the first work order fails. */
export function NoModel() {
  const models = useModels();
  if (!hasNoModel(models.data?.items)) return null;
  return (
    <section
      aria-label="No model"
      className="flex items-start gap-2.5 rounded-lg bg-warn-soft px-4 py-3 text-warn"
    >
      <TriangleAlert aria-hidden size={18} className="mt-0.5 shrink-0" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p className="font-semibold">No model is in use, so no agent can work. Choose one of these ways:</p>
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-5">
          <li>
            Set the API key of a provider, such as <Code>ANTHROPIC_API_KEY</Code> or{' '}
            <Code>OPENAI_API_KEY</Code>, and start Moose again.
          </li>
          <li>
            Let a coding agent use your subscription: sign in with it on this machine, and allow its login
            under Settings, Agents.
          </li>
          <li>
            Use a model server of your own: set <Code>OPENAI_COMPATIBLE_BASE_URL</Code> to its address.
          </li>
        </ul>
        <p className="mt-1">
          <Code>moose doctor</Code> says what is missing. A work order with a shell command needs no model.
        </p>
      </div>
    </section>
  );
}

function Code({ children }: { children: ReactNode }) {
  return <code className="rounded bg-ground px-1 text-[0.92em]">{children}</code>;
}
