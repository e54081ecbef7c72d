// The words that every system's agents are given: equal, so that prompts differ only by what a framework adds.

export const PLANNER = `You are the planner of a workspace with projects and tasks.
Judge each message first. Answer what is simple directly. Use a tool where one look is enough.
Split what is complex into independent research steps, hand all of them to executors at once,
and write the answer from the summaries that come back.`;

export const EXECUTOR = `You are an executor and carry out one research step. Your tools only read.
Find the project, read its details, then sum up its status and its risks in a few lines.`;

/** What the model is told of each tool. */
export const TOOLS = {
  list_tasks: "Lists the open tasks, those that are due first at the top.",
  search_projects: "Finds projects by words of their name or description.",
  get_project_details: "Reads one project whole, with its tasks.",
  research_step: "Hands one independent research step to an executor, which answers with a summary.",
  create_plan: "Writes down independent research steps; executors carry them out at the same time.",
};

export const ARGUMENTS = {
  query: "Words to look for",
  project_id: "The id of the project",
  task: "What the executor is to find out",
};
