// Asks before a conversation is deleted.
import { useId } from "preact/hooks";
import { showModal } from "./show_modal.ts";

interface DeleteQuestionProps {
  title: string;
  close: () => void;
  remove: () => void;
}

export function DeleteQuestion({ title, close, remove }: DeleteQuestionProps) {
  const id = useId();
  return (
    <dialog class="sheet" ref={showModal} onClose={close} aria-labelledby={id}>
      <h2 id={id}>Delete this conversation?</h2>
      <p class="muted">
        All that was said in “{title}” is deleted for good. What its runs have changed in your workspace
        stays, and so do their numbers.
      </p>
      <form method="dialog" class="sheet-actions">
        <button type="submit" class="button">Keep it</button>
        <button type="button" class="button danger" onClick={remove}>Delete</button>
      </form>
    </dialog>
  );
}
