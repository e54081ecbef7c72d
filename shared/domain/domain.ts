// The demo workspace: projects, tasks, notes, brain dumps and a calendar.
import { defineDomain } from "../tools/define_domain.ts";
import { catalogue } from "./catalogue.ts";

export const domain = defineDomain({ catalogue });
