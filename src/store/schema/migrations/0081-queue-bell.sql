-- Rings when a leg of a run may have been added to the queue: a leg is added in the transaction that inserts its run or
-- numbers its leg. So processes need not look at the queue many times a second.
create function ring_queue() returns trigger language plpgsql as $$
begin
  perform pg_notify('moose_queue', '');
  return null;
end $$;

create trigger runs_ring_queue after insert or update of leg on runs
  for each statement execute function ring_queue();
