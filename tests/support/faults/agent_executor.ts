// The executor as it is deployed, with every boundary of its ports announced to the test that set FAULTS_URL.
import { compose } from "../../../shared/compose.ts";
import { domain } from "../../../shared/domain/domain.ts";
import { executorRoutes } from "../../../supabase/functions/agent-executor/routes.ts";
import { remoteFaults } from "./remote_faults.ts";

const env = Deno.env.toObject();

export default { fetch: executorRoutes(compose(env, domain, { wrap: remoteFaults(env, fetch) })).fetch };
