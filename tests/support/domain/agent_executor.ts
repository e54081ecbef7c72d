// The executor on the tests' own domain.
import { compose } from "../../../shared/compose.ts";
import { executorRoutes } from "../../../supabase/functions/agent-executor/routes.ts";
import { test_domain } from "./test_domain.ts";

export default { fetch: executorRoutes(compose(Deno.env.toObject(), test_domain)).fetch };
