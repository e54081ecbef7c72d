-- What a project gives away of whatever is made in schema public, unless its config.toml says
-- `auto_expose_new_tables = false`. It stands before the project's own migrations.
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
