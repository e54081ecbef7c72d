import { domain } from "../../../shared/domain/domain.ts";
import { testPolicy } from "../../support/tools/policy.ts";

testPolicy(domain, ["delete_calendar_event"]);
