import { useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { ActView, retrySchema, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Field, inputClass } from '../../parts/field.tsx';
import { usd } from '../../parts/money.ts';
import { Failed } from '../../parts/states.tsx';
import { stepName } from './runs-of.ts';

type Retry = z.infer<typeof retrySchema>;
const limitUsdMax = 1_000_000;

export interface RetryFormProps {
  detail: WorkOrderDetail;
  act: ActView;
  /** Error of the limit, the only field that can be invalid. */
  problem: string | undefined;
}

export function RetryForm({ detail, act, problem }: RetryFormProps) {
  return (
    <>
      <Field label="Retry from step" help="Results of earlier steps are kept.">
        {(attributes) => (
          <select {...attributes} name="from" className={inputClass} defaultValue="">
            <option value="">Let Moose choose</option>
            {act.steps.map((step) => (
              <option key={step} value={step}>
                {stepName(step)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {detail.command === null ? <Note /> : null}
      {detail.command === null ? <WithWhom detail={detail} /> : null}
      <Field
        label="Work order limit in USD"
        help={`Spent so far: ${usd(detail.cost_usd)}${detail.limit_usd === null ? '' : ` of ${usd(detail.limit_usd)}`}. Leave empty to keep the limit.`}
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

function Note() {
  return (
    <Field label="Note for the next attempt" help="What to do differently. Included in the next prompt.">
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
          byDefault={`Unchanged${detail.model ? ` (${detail.model})` : ''}`}
          choices={(models.data?.items ?? []).map((model) => ({
            value: model.name,
            text: model.name + (model.has_key ? '' : ' (no API key)'),
            isOff: !model.has_key,
          }))}
        />
        <Choice
          label="Agent"
          name="agent"
          byDefault={`Unchanged${detail.agent ? ` (${detail.agent})` : ''}`}
          choices={(agents.data?.items ?? []).map((agent) => ({
            value: agent.name,
            text: agent.name + (agent.circuit === 'open' ? ' (circuit breaker open)' : ''),
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
  byDefault: string;
  choices: ReadonlyArray<{ value: string; text: string; isOff: boolean }>;
}

function Choice({ label, name, byDefault, choices }: ChoiceProps) {
  return (
    <Field label={label}>
      {(attributes) => (
        <select {...attributes} name={name} className={inputClass} defaultValue="">
          <option value="">{byDefault}</option>
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
    queryFn: ({ signal }) => ask('get /api/models', { signal }),
  });
const useAgents = () =>
  useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) => ask('get /api/agents', { signal }),
  });

export function readRetry(form: HTMLFormElement): { body: Retry } | { problem: string } {
  const given = new FormData(form);
  const text = (name: string) => String(given.get(name) ?? '').trim();
  const limit = text('limit_usd').replace(/^\$/, '');
  if (limit !== '' && !(Number(limit) > 0 && Number(limit) <= limitUsdMax))
    return { problem: `Enter an amount above $0 and up to ${usd(limitUsdMax)}.` };
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
