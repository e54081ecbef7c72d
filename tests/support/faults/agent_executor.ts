// The executor on the tests' own domain, with every boundary of its ports announced to the test that set FAULTS_URL.
import { compose } from "../../../shared/compose.ts";
import { executorRoutes } from "../../../supabase/functions/agent-executor/routes.ts";
import { test_domain } from "../domain/test_domain.ts";
import { remoteFaults } from "./remote_faults.ts";

const env = Deno.env.toObject();

export default { fetch: executorRoutes(compose(env, test_domain, { wrap: remoteFaults(env, fetch) })).fetch };
