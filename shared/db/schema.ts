// Where the engine's tables and functions stand.

/** The schema that the engine's client speaks to. The domain's tables are in `public`, wherever the engine is. */
export const ENGINE_SCHEMA = "public";
