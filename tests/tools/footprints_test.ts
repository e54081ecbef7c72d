import { test_domain } from "../support/domain/test_domain.ts";
import { testFootprints } from "../support/tools/footprints.ts";

testFootprints(test_domain);
