-- How often the present step was started without an end.
alter table runs rename column takeups to starts;
