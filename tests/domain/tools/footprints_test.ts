import { domain } from "../../../shared/domain/domain.ts";
import { testFootprints } from "../../support/tools/footprints.ts";

testFootprints(domain);
