// Turns an undertaking into a plan: what executors look up, side by side, and what is written after that.
import type { PlanDraft, PlanStep } from "../../../shared/contracts/plan.ts";
import { listed } from "./phrases.ts";
import type { Undertaking } from "./wish.ts";

const MOST_PROJECTS = 4;

type Draft = Omit<PlanStep, "step_number" | "depends_on">;

/** The arguments of `create_plan`; a step is given only tools that are offered. */
export function planFor(wish: Undertaking, message: string, offered: ReadonlySet<string>): PlanDraft {
  const steps: PlanStep[] = [];
  const add = (draft: Draft, depends_on: number[]): number => {
    const tools = draft.tools.filter((tool) => offered.has(tool));
    steps.push({ ...draft, tools, step_number: steps.length + 1, depends_on });
    return steps.length;
  };

  const projects = wish.projects.slice(0, MOST_PROJECTS);
  const { about, tasks, texts } = research(projects, add, wish);
  const calendar = wish.schedule ? [add(freeTime(wish), [])] : [];

  const updates = wish.update
    ? (projects.length === 0 ? [undefined] : projects).map((name, index) =>
      add(projectUpdate(name, wish.status), unique([...pick(about, index), ...pick(tasks, index), ...texts]))
    )
    : [];
  const scheduled = wish.schedule ? [add(scheduling(projects, wish), unique([...tasks, ...calendar]))] : [];
  if (wish.note) add(summaryNote(projects), unique([...about, ...tasks, ...texts, ...updates, ...scheduled]));
  return { goal: message.replace(/\s+/g, " ").trim().slice(0, 300).toWellFormed(), steps };
}

interface Research {
  about: number[];
  tasks: number[];
  texts: number[];
}

/** One project is looked at from three sides at once; several get one step each. */
function research(
  projects: readonly string[],
  add: (draft: Draft, after: number[]) => number,
  wish: Undertaking,
): Research {
  const [only, second] = projects;
  if (second !== undefined) {
    const steps = projects.map((name) => add(projectAndTasks(name), []));
    return { about: steps, tasks: steps, texts: [] };
  }
  const about = wish.update || wish.note ? [add(projectFacts(only), [])] : [];
  const tasks = [add(openTasks(only), [])];
  const texts = wish.update || wish.note ? [add(writtenAbout(only), [])] : [];
  return { about, tasks, texts };
}

function projectFacts(name: string | undefined): Draft {
  return name === undefined
    ? {
      title: "Look at all active projects",
      task: "Find all active projects. Report their ids and progress.",
      executor_required: true,
      tools: ["search_projects"],
    }
    : {
      title: `Look at ${name}`,
      task: `Find the project "${name}" and read its details. Report its id and progress.`,
      executor_required: true,
      tools: ["search_projects", "get_project_details"],
    };
}

function openTasks(name: string | undefined): Draft {
  return {
    title: name === undefined ? "List the open tasks" : `List the open tasks of ${name}`,
    task: `List the open tasks${
      name === undefined ? "" : ` of the project "${name}"`
    }. Report their ids and durations.`,
    executor_required: true,
    tools: name === undefined ? ["list_tasks"] : ["search_projects", "list_tasks"],
  };
}

function projectAndTasks(name: string): Draft {
  return {
    title: `Look at ${name} and its open tasks`,
    task: `Find the project "${name}" and list its open tasks. Report all ids and durations.`,
    executor_required: true,
    tools: ["search_projects", "list_tasks"],
  };
}

function writtenAbout(name: string | undefined): Draft {
  return {
    title: name === undefined ? "Read the latest notes" : `Find notes about ${name}`,
    task: name === undefined
      ? "List the latest notes and brain dumps. Report their titles."
      : `Find the notes and brain dumps about the project "${name}". Report their titles.`,
    executor_required: true,
    tools: ["search_notes", "search_brain_dumps"],
  };
}

function freeTime({ window }: Undertaking): Draft {
  return {
    title: "Check the calendar for free time",
    task:
      `Look at the calendar between ${window.from} and ${window.to} and find free slots in working hours.`,
    executor_required: true,
    tools: ["get_calendar_events", "find_available_slots"],
  };
}

function projectUpdate(name: string | undefined, status: string | undefined): Draft {
  return {
    title: name === undefined ? "Update the projects" : `Update ${name}`,
    task: `Update ${
      name === undefined ? "every project that was found" : `the project "${name}"`
    }: write an executive summary of where it stands, from the earlier results.${
      status === undefined ? "" : ` Set the status to "${status}".`
    }`,
    executor_required: false,
    tools: ["get_project_details", "update_project"],
  };
}

function scheduling(projects: readonly string[], { window }: Undertaking): Draft {
  const whose = projects.length === 0 ? "" : ` of ${quotedProjects(projects)}`;
  return {
    title: projects.length === 1 ? `Schedule the open tasks of ${projects[0]}` : "Schedule the open tasks",
    task:
      `Put the open tasks${whose} into free slots between ${window.from} and ${window.to}, the most important first. ` +
      "Leave out tasks that are blocked or already on the calendar.",
    executor_required: false,
    tools: ["update_or_schedule_task", "check_task_has_calendar_event", "find_available_slots", "list_tasks"],
  };
}

function summaryNote(projects: readonly string[]): Draft {
  const about = projects.length === 0 ? "all projects" : listed(projects);
  return {
    title: "Write the summary note",
    task: `Create a note titled "Review of ${about}" that sums up the earlier results.`,
    executor_required: false,
    tools: ["create_note"],
  };
}

function quotedProjects(projects: readonly string[]): string {
  return `${projects.length === 1 ? "the project" : "the projects"} ${
    listed(projects.map((name) => `"${name}"`))
  }`;
}

/** The step of the project at that place, or the only one there is. */
function pick(steps: readonly number[], index: number): number[] {
  const step = steps[index] ?? steps[0];
  return step === undefined ? [] : [step];
}

function unique(steps: readonly number[]): number[] {
  return [...new Set(steps)].sort((a, b) => a - b);
}
