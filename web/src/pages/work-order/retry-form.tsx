import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  ActView,
  agentsSchema,
  modelsSchema,
  retrySchema,
  WorkOrderDetail,
} from '../../../../src/api/contract.ts';
import { call } from '../../api/call.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { usd } from '../../parts/money.ts';
import { Failed } from '../../parts/states.tsx';
import { stepName } from './runs-of.ts';

type Retry = z.infer<typeof retrySchema>;
const limitUsdMax = 1_000_000;

export interface RetryFormProps {
  detail: WorkOrderDetail;
  act: ActView;
  /** Of the limit: the one field that can be wrong. */
  problem: string | undefined;
}

export function RetryForm({ detail, act, problem }: RetryFormProps) {
  return (
    <>
      <Field label="Begin again at" help="What was made before that step is kept.">
        {(attributes) => (
          <select {...attributes} name="from" className={inputClass} defaultValue="">
            <option value="">where Moose thinks best</option>
            {act.steps.map((step) => (
              <option key={step} value={step}>
                {stepName(step)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="A note for the next attempt"
        help="What went wrong, what to do differently: it is in the next prompt."
      >
        {(attributes) => (
          <textarea
            {...attributes}
            name="note"
            rows={3}
            dir="auto"
            maxLength={100_000}
            className={inputClass}
          />
        )}
      </Field>
      <WithWhom detail={detail} />
      <Field
        label="Limit of the work order, in dollars"
        help={`Spent so far: ${usd(detail.cost_usd)}${detail.limit_usd === null ? '' : ` of ${usd(detail.limit_usd)}`}. Empty: as it is.`}
        error={problem}
      >
        {(attributes) => (
          <input
            {...attributes}
            name="limit_usd"
            inputMode="decimal"
            autoComplete="off"
            className={inputClass}
          />
        )}
      </Field>
    </>
  );
}

function WithWhom({ detail }: { detail: WorkOrderDetail }) {
  const models = useModels();
  const agents = useAgents();
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice
          label="Model"
          name="model"
          usual={`as before${detail.model ? ` (${detail.model})` : ''}`}
          choices={(models.data?.items ?? []).map((model) => ({
            value: model.name,
            text: model.name + (model.has_key ? '' : ' — no key'),
            isOff: !model.has_key,
          }))}
        />
        <Choice
          label="Agent"
          name="agent"
          usual={`as before${detail.agent ? ` (${detail.agent})` : ''}`}
          choices={(agents.data?.items ?? []).map((agent) => ({
            value: agent.name,
            text: agent.name + (agent.circuit === 'open' ? ' — fails at the moment' : ''),
            isOff: false,
          }))}
        />
      </div>
      {models.isError ? <Failed error={models.error} onRetry={() => void models.refetch()} /> : null}
      {agents.isError ? <Failed error={agents.error} onRetry={() => void agents.refetch()} /> : null}
    </>
  );
}

interface ChoiceProps {
  label: string;
  name: string;
  usual: string;
  choices: ReadonlyArray<{ value: string; text: string; isOff: boolean }>;
}

function Choice({ label, name, usual, choices }: ChoiceProps) {
  return (
    <Field label={label}>
      {(attributes) => (
        <select {...attributes} name={name} className={inputClass} defaultValue="">
          <option value="">{usual}</option>
          {choices.map(({ value, text, isOff }) => (
            <option key={value} value={value} disabled={isOff}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

const useModels = () =>
  useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) => call<z.infer<typeof modelsSchema>>('/api/models', { signal }),
  });
const useAgents = () =>
  useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => call<z.infer<typeof agentsSchema>>('/api/agents', { signal }),
  });

export function readRetry(form: HTMLFormElement): { body: Retry } | { problem: string } {
  const given = new FormData(form);
  const text = (name: string) => String(given.get(name) ?? '').trim();
  const limit = text('limit_usd').replace(/^\$/, '');
  if (limit !== '' && !(Number(limit) > 0 && Number(limit) <= limitUsdMax))
    return { problem: `A limit is a number of dollars above 0, and ${usd(limitUsdMax)} at most.` };
  const from = text('from') as Retry['from'] | '';
  const [note, model, agent] = [text('note'), text('model'), text('agent')];
  return {
    body: {
      ...(from ? { from } : {}),
      ...(note === '' ? {} : { note }),
      ...(model === '' ? {} : { model }),
      ...(agent === '' ? {} : { agent }),
      ...(limit === '' ? {} : { limit_usd: Number(limit) }),
    },
  };
}
