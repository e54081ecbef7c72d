// The planner on the tests' own domain.
import { compose } from "../../../shared/compose.ts";
import { plannerRoutes } from "../../../supabase/functions/agent-planner/routes.ts";
import { test_domain } from "./test_domain.ts";

export default { fetch: plannerRoutes(compose(Deno.env.toObject(), test_domain)).fetch };
