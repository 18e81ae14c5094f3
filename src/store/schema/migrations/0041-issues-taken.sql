-- Issues are asked for since the last complete look at a label (R-SEN-5, R-SEN-7).
alter table forge_intakes
  -- The label that the last complete look asked for; looked_at is when that look began.
  add column label text;

-- An issue and its work order are written together, the issue first.
alter table forge_issues alter constraint forge_issues_work_order_id_fkey deferrable initially deferred;
