// The demo workspace's write tools have their effect once, in every way in which they write.
import { domain } from "../../../shared/domain/domain.ts";
import { testCallsAgain } from "../../support/tools/call_again.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { MEANWHILE, newWorld, TABLES, WRITE_CASES } from "./write_cases.ts";

testCallsAgain({
  domain,
  newUser: newWorkspaceUser,
  tables: TABLES,
  cases: WRITE_CASES,
  newWorld,
  meanwhile: MEANWHILE,
});
