// The filters of the runs page. Each change is in the address at once; words when one stops to type.
import type { RunFilters } from "../data/runs_data.ts";
import { setParams } from "../navigate.ts";
import { useTypedParam } from "./use_typed_param.ts";

type Choice = readonly [value: string, word: string];

const STATUS: readonly Choice[] = [
  ["unfinished", "Not ended"],
  ["running", "Running"],
  ["awaiting_approval", "Waits for you"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
];

const STRATEGY: readonly Choice[] = [["simple", "Simple"], ["tool_use", "Tool use"], ["complex", "Complex"]];

const ENDED: readonly Choice[] = [
  ["answered", "Answered"],
  ["limit", "At a limit"],
  ["budget", "At its budget"],
  ["length", "Cut off"],
  ["cancelled", "Cancelled"],
  ["superseded", "By a new message"],
];

export function RunFilterBar({ filters, filtered }: { filters: RunFilters; filtered: boolean }) {
  const [words, setWords] = useTypedParam("q", filters.q ?? "", FIRST_PAGE);
  return (
    <form
      class="run-filters"
      role="search"
      onSubmit={(event) => event.preventDefault()}
    >
      <input
        type="search"
        class="input small"
        data-find
        placeholder="Find in messages  /"
        aria-label="Find in messages"
        value={words}
        onInput={({ currentTarget }) => setWords(currentTarget.value)}
      />
      <Select name="status" label="State" value={filters.status} choices={STATUS} />
      <Select name="strategy" label="Strategy" value={filters.strategy} choices={STRATEGY} />
      <Select name="ended" label="End" value={filters.ended} choices={ENDED} />
      <Day name="from" label="From" value={filters.from} />
      <Day name="to" label="To" value={filters.to} />
      {filtered && <a class="button link" href="#/runs">Clear filters</a>}
    </form>
  );
}

/** What is filtered otherwise begins again at the newest run. */
function change(changes: Partial<RunFilters>): void {
  setParams({ ...changes, ...FIRST_PAGE });
}

const FIRST_PAGE = { before: undefined };

interface SelectProps {
  name: "status" | "strategy" | "ended";
  label: string;
  value: string | undefined;
  choices: readonly Choice[];
}

function Select({ name, label, value, choices }: SelectProps) {
  return (
    <select
      class={`input small ${value ? "set" : ""}`}
      aria-label={label}
      value={value ?? ""}
      onChange={({ currentTarget }) => change({ [name]: currentTarget.value || undefined })}
    >
      <option value="">{label}: all</option>
      {choices.map(([value, word]) => <option key={value} value={value}>{word}</option>)}
    </select>
  );
}

function Day({ name, label, value }: { name: "from" | "to"; label: string; value: string | undefined }) {
  return (
    <label class="day">
      <span class="muted">{label}</span>
      <input
        type="date"
        class="input small"
        value={value ?? ""}
        onChange={({ currentTarget }) => change({ [name]: currentTarget.value || undefined })}
      />
    </label>
  );
}
