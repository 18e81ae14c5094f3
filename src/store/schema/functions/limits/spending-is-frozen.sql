create or replace function spending_is_frozen() returns boolean language sql stable as $$
  select exists (select from budget_windows where is_frozen and key like 'month:%')
$$;
