-- What models cost, in versions that are added and never changed, so that every cost can be computed again (R-BUD-9).

create table model_prices (
  provider text not null,
  model text not null,
  -- A booked call names it: `genai-prices-0.1.8-5da3b1b1`, `given-2`.
  version text not null,
  -- Of several that hold at a moment the one that was added last does.
  ordinal bigint generated always as identity,
  effective_from timestamptz not null default clock_timestamp(),
  -- [{aboveInputTokens, input, cacheRead, cacheWrite, cacheWrite1h, output}]: nano-dollars per million tokens.
  -- Null: the price that was given is given no more, and the list holds again.
  steps jsonb check (jsonb_typeof(steps) = 'array' and jsonb_array_length(steps) > 0),
  context_tokens integer check (context_tokens > 0),
  -- 'list': what Moose comes with. 'given': by whoever runs it; stronger than the list.
  source text not null check (source in ('list', 'given', 'scripted')),
  created_by text not null default 'moose',
  created_at timestamptz not null default clock_timestamp(),
  primary key (provider, model, version),
  check (steps is not null or source = 'given')
);

create function model_prices_guard() returns trigger language plpgsql as $$
begin
  raise exception 'A price is never changed or removed: add a new version' using errcode = 'MS020';
end $$;
create trigger model_prices_guard before update or delete on model_prices
  for each row execute function model_prices_guard();
create trigger model_prices_kept before truncate on model_prices
  for each statement execute function model_prices_guard();
