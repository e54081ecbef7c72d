// Whatever the demo workspace's write tools do can be taken back, in every way in which they write.
import { domain } from "../../../shared/domain/domain.ts";
import { testUndone } from "../../support/tools/undone.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { MEANWHILE, newWorld, TABLES, WRITE_CASES } from "./write_cases.ts";

testUndone({
  domain,
  newUser: newWorkspaceUser,
  tables: TABLES,
  cases: WRITE_CASES,
  newWorld,
  meanwhile: MEANWHILE,
});
