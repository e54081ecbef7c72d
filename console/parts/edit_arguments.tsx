// Other arguments for a call that waits. Nothing is decided here: what they would change is shown first.
import { useState } from "preact/hooks";
import type { Json } from "../../shared/contracts/text.ts";
import {
  type ArgumentField,
  type ArgumentSchema,
  argumentsIn,
  argumentsOf,
  type FieldKind,
  fieldsOf,
  type ReadArguments,
} from "./argument_fields.ts";
import { Icon, Spinner } from "./icons.tsx";

export interface FieldProblem {
  /** Such as `loan_id`; empty where it is about all of them. */
  field: string;
  problem: string;
}

interface EditArgumentsProps {
  arguments: Json;
  /** Of the tool's arguments, where it is known. */
  schema?: ArgumentSchema;
  problem: FieldProblem | null;
  busy: boolean;
  look: (args: Record<string, Json>) => void;
  cancel: () => void;
}

export function EditArguments({ arguments: args, schema, problem, busy, look, cancel }: EditArgumentsProps) {
  const [fields, setFields] = useState(() => fieldsOf(args, schema));
  const [json, setJson] = useState<string | null>(null);
  const [own, setOwn] = useState<FieldProblem | null>(null);
  const told = own ?? problem;

  const read = (): ReadArguments => json === null ? argumentsOf(fields) : argumentsIn(json);
  const submit = (event: Event) => {
    event.preventDefault();
    const found = read();
    setOwn(found.ok ? null : found);
    if (found.ok) look(found.arguments);
  };
  const swap = () => {
    const found = read();
    setOwn(found.ok ? null : found);
    if (!found.ok) return;
    setFields(fieldsOf(found.arguments, schema));
    setJson(json === null ? JSON.stringify(found.arguments, null, 2) : null);
  };
  const change = (name: string, text: string | null) =>
    setFields(fields.map((field) => field.name === name ? { ...field, text } : field));

  return (
    <form class="block edit-arguments" onSubmit={submit} aria-label="Other arguments">
      <div class="block-head">
        <h3>Edit</h3>
        <button type="button" class="button link small" onClick={swap}>
          {json === null ? "As JSON" : "As a form"}
        </button>
      </div>
      <div class="edit-fields">
        {json !== null && (
          <label class="field">
            Arguments
            <textarea
              class="mono"
              rows={Math.min(20, json.split("\n").length + 1)}
              value={json}
              onInput={(event) => setJson(event.currentTarget.value)}
            />
          </label>
        )}
        {json === null && fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            problem={told?.field === field.name ? told.problem : null}
            change={(text) => change(field.name, text)}
          />
        ))}
        {told && (json !== null || !fields.some(({ name }) => name === told.field)) && (
          <p class="problem" role="alert">
            <Icon name="failed" />
            {told.problem}
          </p>
        )}
      </div>
      <div class="edit-actions">
        <button type="submit" class="button primary" disabled={busy}>
          {busy && <Spinner />}See what it would do
        </button>
        <button type="button" class="button" onClick={cancel}>Cancel</button>
      </div>
    </form>
  );
}

interface FieldProps {
  field: ArgumentField;
  problem: string | null;
  change: (text: string | null) => void;
}

function Field({ field, problem, change }: FieldProps) {
  const { name, text, about } = field;
  const id = `edit-${name}`;
  return (
    <div class="field">
      <span class="edit-name">
        <label for={id} class="mono">{name}</label>
        {about && <span class="small faint">{about}</span>}
        <button
          type="button"
          class="button link small"
          onClick={() => change(text === null ? EMPTY[field.kind] : null)}
        >
          {text === null ? "Add" : "Leave out"}
          <span class="vh">{` ${name}`}</span>
        </button>
      </span>
      {text !== null && <Input id={id} field={{ ...field, text }} problem={problem} change={change} />}
      {problem && <span id={`${id}-problem`} class="bad" role="alert">{problem}</span>}
    </div>
  );
}

/** What a field begins with that was left out. */
const EMPTY: Readonly<Record<FieldKind, string>> = { text: "", number: "", flag: "false", json: "null" };

interface InputProps extends FieldProps {
  id: string;
  field: ArgumentField & { text: string };
}

function Input({ id, field: { kind, text, options }, problem, change }: InputProps) {
  const typed = (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement }) =>
    change(event.currentTarget.value);
  const told = {
    id,
    "aria-invalid": problem !== null,
    "aria-describedby": problem ? `${id}-problem` : undefined,
  };
  const choices = kind === "flag" ? ["true", "false"] : options;
  if (choices) {
    return (
      <select {...told} value={text} onChange={typed}>
        {[...new Set([text, ...choices])].map((one) => (
          <option key={one} value={one}>{CHOICES[one] ?? one}</option>
        ))}
      </select>
    );
  }
  const long = kind === "json" || text.length > 60 || text.includes("\n");
  if (!long) {
    return (
      <input {...told} inputMode={kind === "number" ? "decimal" : "text"} value={text} onInput={typed} />
    );
  }
  const is_json = kind === "json";
  return (
    <textarea {...told} class={is_json ? "mono" : ""} rows={is_json ? 6 : 3} value={text} onInput={typed} />
  );
}

const CHOICES: Readonly<Record<string, string>> = { true: "yes", false: "no" };
