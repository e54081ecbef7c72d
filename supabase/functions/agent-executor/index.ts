// The executor, wired to the platform's environment and to the domain.
import { compose } from "../../../shared/compose.ts";
import { domain } from "../../../shared/domain/domain.ts";
import { executorRoutes } from "./routes.ts";

export default { fetch: executorRoutes(compose(Deno.env.toObject(), domain)).fetch };
