-- How an agent's session reached its model: through the gateway, or with a person's own login (R-PROJ-9). Null: it calls no
-- model, or an older version started it.
alter table sessions add column way text check (way in ('gateway', 'login'));

-- Of a session with a login, what its program reported. Covered by the subscription: never booked as spent.
alter table sessions
  add column reported_input_tokens bigint check (reported_input_tokens >= 0),
  add column reported_output_tokens bigint check (reported_output_tokens >= 0),
  add column notional_nano_usd bigint check (notional_nano_usd >= 0);

-- Until when the provider refuses the login, if it stopped the session for its usage limit.
alter table sessions add column login_back_at timestamptz;

create index sessions_by_login on sessions (host, name, created_at) where way = 'login';
