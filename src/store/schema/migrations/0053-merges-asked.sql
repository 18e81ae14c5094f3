-- When Moose last asked the forge to merge a pull request, recorded before it asks: what the forge is to merge by itself is
-- taken back even if Moose died before it recorded the answer.
alter table pull_requests
  add column merge_asked_at timestamptz;
