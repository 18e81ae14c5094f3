-- What judged an outcome, and whether it says anything about the model (R-LRN-2, R-REC-6).
alter table outcome_vectors
  -- The try of the work order, where arms are chosen: a run that goes on to another arm has several outcomes.
  add column try integer not null default 1 check (try > 0),
  add column arm text,
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

-- How often each model fails, against all others, at each kind of work (R-LRN-3); null means any. Made again by a job.
create table pattern_confidence_scores (
  id uuid primary key,
  model text not null,
  failure_class failure_class,
  band text check (band in ('low', 'medium', 'high')),
  kind text,
  language text,
  word text,
  attempts integer not null check (attempts > 0),
  failures integer not null check (failures >= 0 and failures <= attempts),
  -- The 95% interval of the share of failures.
  low double precision not null,
  high double precision not null,
  other_attempts integer not null,
  other_failures integer not null,
  -- Of the difference by chance alone, and corrected for all comparisons.
  chance double precision not null,
  corrected double precision not null,
  computed_at timestamptz not null
);
create index pattern_confidence_scores_corrected on pattern_confidence_scores (corrected, chance);

-- Work that routing no longer sends to a model, because a person said so; null means any.
create table routing_exclusions (
  id uuid primary key,
  project_id uuid references projects (id),
  model text not null,
  band text check (band in ('low', 'medium', 'high')),
  kind text,
  language text,
  word text,
  because text not null default '',
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  revoked_by text,
  revoked_at timestamptz,
  check (band is not null or kind is not null or language is not null or word is not null),
  check ((revoked_by is null) = (revoked_at is null))
);
create unique index routing_exclusions_once on routing_exclusions (project_id, model, band, kind, language, word)
  nulls not distinct where revoked_at is null;
