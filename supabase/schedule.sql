-- Optional: schedules what the owner of the tables does again and again, by pg_cron, where the database has it. Run it
-- once, as the owner, in the SQL editor or with `psql`; it may be run again, and replaces what it has scheduled.
do $$
begin
  if not exists (select from pg_available_extensions where name = 'pg_cron') then
    raise notice 'Nothing is scheduled: this database has no pg_cron. Call private.sweep_runs yourself.';
    return;
  end if;
  create extension if not exists pg_cron;
  -- Runs that nobody came back to for an hour end as abandoned.
  perform cron.schedule('sweep-runs', '*/10 * * * *', 'select private.sweep_runs(interval ''1 hour'')');
  -- Texts of runs that ended long ago are kept, unless this is wanted:
  -- perform cron.schedule('purge-runs', '17 * * * *', 'select private.purge_runs(now() - interval ''90 days'')');
end $$;
