// The planner, wired to the platform's environment and to the domain.
import { compose } from "../../../shared/compose.ts";
import { domain } from "../../../shared/domain/domain.ts";
import { plannerRoutes } from "./routes.ts";

export default { fetch: plannerRoutes(compose(Deno.env.toObject(), domain)).fetch };
