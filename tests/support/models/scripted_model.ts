// The model of the tests' stack as a process of its own: it has no brain, so a request that no test has scripted
// is refused.
import { serveModel } from "../../../dev/model/serve.ts";

serveModel(null);
