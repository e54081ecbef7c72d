// The demo workspace: projects, tasks, notes, brain dumps and a calendar. A team's own domain stands in its place.
import { defineDomain } from "../tools/define_domain.ts";
import { catalogue } from "./catalogue.ts";
import { refusals } from "./refusals.ts";

export const domain = defineDomain({
  about: "a personal workspace: projects, tasks, notes, brain dumps, a calendar",
  contexts: ["project", "task", "note", "brain_dump", "calendar_event"],
  catalogue,
  refusals,
});
