-- The names that the field uses: a person's pause suspends a run, jobs run from time to time, and a model that answers in
-- another one's place is its substitute.
alter table upkeep_turns rename to job_turns;
alter table job_turns rename constraint upkeep_turns_pkey to job_turns_pkey;
update job_turns set job = regexp_replace(job, '^upkeep:', 'job:');
alter table dearer_answers rename to model_substitutions;
alter table model_substitutions rename constraint dearer_answers_pkey to model_substitutions_pkey;
update work_order_events set kind = 'suspended' where kind = 'laid_down';
