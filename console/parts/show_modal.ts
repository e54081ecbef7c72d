/** A dialog's ref that opens it over the page. */
export function showModal(dialog: HTMLDialogElement | null): void {
  if (dialog?.open === false) dialog.showModal();
}
