-- What judged an outcome, and whether it says anything about the model (R-LRN-2, R-REC-6).
alter table outcome_vectors
  -- The try of the run that it belongs to: a run that goes on to another arm has several.
  add column try integer not null default 1 check (try > 0),
  -- `run`: the attempt failed before anything was published. Otherwise what judged the published change last.
  add column judged_by text
    check (judged_by in ('run', 'nothing', 'checks', 'ci', 'close', 'undo', 'merge', 'revert')),
  add column judged_at timestamptz,
  -- False for a run that only goes on with a change that was judged before, or brings it to its base branch.
  add column is_attempt boolean not null default true,
  -- Null: an older version wrote the row, and its fault decides.
  add column counts boolean,
  add column counts_because text,
  drop constraint outcome_vectors_run_id_key,
  add constraint outcome_vectors_run_id_try_key unique (run_id, try);
