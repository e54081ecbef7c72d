import { test_domain } from "../support/domain/test_domain.ts";
import { testPolicy } from "../support/tools/policy.ts";

testPolicy(test_domain, ["cancel_loan", "get_borrower"]);
