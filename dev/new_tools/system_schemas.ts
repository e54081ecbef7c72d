/** The engine's schemas and the platform's, of which nothing is a project's own. */
export const SYSTEM =
  /^(pg_.*|information_schema|auth|storage|realtime|extensions|graphql|graphql_public|vault|net|cron|pgmq|pgsodium|pgsodium_masks|supabase_.*|_.*)$/;
