/**
 * The publishable key of every local stack: the one that the Supabase CLI's own local stack has, so that an app that
 * is set up for either finds the other one. It opens nothing beyond this machine.
 */
export const LOCAL_PUBLISHABLE_KEY = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH";
