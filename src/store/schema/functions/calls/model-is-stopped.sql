create or replace function model_is_stopped(p_model text) returns boolean language sql stable as $$
  select exists (select from budget_windows where is_frozen and key = 'model:' || p_model)
$$;
