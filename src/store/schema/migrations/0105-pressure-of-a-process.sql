-- How much of its machine's resources a process has left, with the thresholds, as it reports it (R-GO-4).
alter table executors add column pressure jsonb;
