-- An arm whose model or agent is no longer configured leaves what was learned.
alter table learner_events drop constraint learner_events_event_check;
alter table learner_events add constraint learner_events_event_check check (event in
  ('arm', 'price', 'gone', 'success', 'failure', 'provider_fault', 'did_not_hold', 'held_after_all'));
