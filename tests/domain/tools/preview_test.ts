// Whatever the demo workspace's write tools do is shown before it is done, in every way in which they write.
import { domain } from "../../../shared/domain/domain.ts";
import { testPreviewed } from "../../support/tools/previewed.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { MEANWHILE, newWorld, TABLES, WRITE_CASES } from "./write_cases.ts";

testPreviewed({
  domain,
  newUser: newWorkspaceUser,
  tables: TABLES,
  cases: WRITE_CASES,
  newWorld,
  meanwhile: MEANWHILE,
});
