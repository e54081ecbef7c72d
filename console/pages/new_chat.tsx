// A conversation that has not begun.
import { Icon } from "../parts/icons.tsx";

const SAMPLES = [
  "Show me my tasks",
  "List my projects, notes and calendar events",
  "Update the Website project and schedule its open tasks",
];

export function NewChat({ say }: { say: (text: string) => void }) {
  return (
    <div class="new-chat">
      <Icon name="fork" tone="accent" />
      <h2>What should be done?</h2>
      <p class="muted">
        A planner answers at once, uses tools itself, or writes a plan whose steps executors work on side by
        side.
      </p>
      <ul>
        {SAMPLES.map((sample) => (
          <li key={sample}>
            <button type="button" class="button" onClick={() => say(sample)}>{sample}</button>
          </li>
        ))}
      </ul>
    </div>
  );
}
