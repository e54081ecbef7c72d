// A later version of the engine: a clone with a changed file, a new migration and a higher version.

export const NEW_VERSION = "0.2.0";
export const CHANGED_FILE = "async/pause.ts";
export const NEW_MIGRATION = "clock_of_the_house";

/** Makes a clone a later version of itself. */
export function makeLater(clone: string): void {
  append(`${clone}/shared/${CHANGED_FILE}`, "\n// A line that came with a later version.\n");
  Deno.writeTextFileSync(
    `${clone}/supabase/migrations/20261122000890_${NEW_MIGRATION}.sql`,
    `-- What time it is here.
create function private.house_time() returns timestamptz
language plpgsql stable security invoker set search_path = '' as $$
begin return now(); end $$;
revoke all on function private.house_time() from public, anon, authenticated, service_role;
select private.note_definitions();
`,
  );
  replace(`${clone}/shared/version.ts`, /"\d+\.\d+\.\d+"/, `"${NEW_VERSION}"`);
}

export function append(file: string, text: string): void {
  Deno.writeTextFileSync(file, text, { append: true });
}

/** Throws where the file does not hold it. */
export function replace(file: string, found: RegExp | string, by: string): void {
  const text = Deno.readTextFileSync(file);
  const replaced = text.replace(found, by);
  if (replaced === text) throw new Error(`Cannot change ${file}: it has no ${found}`);
  Deno.writeTextFileSync(file, replaced);
}
