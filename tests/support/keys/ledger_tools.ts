// Tools for the ledger, written as `deno task new-tools` writes them: keys and numbers that JSON would cut pass as text.
import { z } from "zod";
import { ok, rowKey, shown, type ToolResult } from "../../../shared/contracts/tool_result.ts";
import {
  changed,
  gone,
  notFound,
  page,
  quoted,
  withoutEmpty,
  withoutFalse,
} from "../../../shared/tools/answers.ts";
import { dataOf, rowsOf } from "../../../shared/tools/database_errors.ts";
import { defineReadTool, defineWriteTool } from "../../../shared/tools/define_tool.ts";
import { changes, KeyText, limit, Line, Query } from "../../../shared/tools/fields.ts";
import { likeText } from "../../../shared/tools/like_text.ts";
import { Decimal, exact, RowNumber, WholeNumber } from "../../../shared/tools/number_fields.ts";
import { writtenKey } from "../../../shared/tools/written_key.ts";
import { ledger } from "./ledger_client.ts";

type Db = Parameters<typeof ledger>[0];

const ACCOUNT = "id::text, name, balance::text, units::text";
const ENTRY = "account_id::text, code, amount::text, note";

const listAccounts = defineReadTool({
  name: "list_accounts",
  category: "list",
  description: "Find accounts",
  args: z.strictObject({ query: Query.optional(), limit: limit(10, 50) }),
  async run({ query, limit }, { db }) {
    let accounts = ledger(db).from("accounts").select(ACCOUNT, { count: "exact" }).order("id").limit(limit);
    if (query?.trim()) accounts = accounts.ilike("name", likeText(query));
    const answer = await accounts;
    const found = rowsOf(answer);
    return {
      ...page("accounts", found.map(withoutFalse), answer.count ?? 0, "account"),
      rows: shown("public.accounts", ...found.map(({ id }) => id)),
    };
  },
});

const getAccount = defineReadTool({
  name: "get_account",
  category: "detail",
  description: "One account",
  args: z.strictObject({ account_id: RowNumber }),
  async run({ account_id }, { db }) {
    const account = await accountOf(db, account_id);
    return account === null ? notFound("account", "account_id") : tellAccount(account, "Account");
  },
});

const createAccount = defineWriteTool({
  name: "create_account",
  category: "action",
  description: "Open an account",
  args: z.strictObject({ name: Line, balance: Decimal.optional(), units: WholeNumber.optional() }),
  writes: [{ table: "public.accounts", op: "INSERT" }],
  async run({ balance, units, ...fields }, { db }) {
    const row = { ...fields, balance: exact(balance), units: exact(units) };
    const answer = await ledger(db).from("accounts").insert(row).select(ACCOUNT).single();
    return tellAccount(dataOf(answer), "Created the account");
  },
  async look_up(_args, { db, receipt }) {
    const { id } = writtenKey(receipt, "public.accounts", "id");
    return tellAccount(await accountOf(db, id), "Created the account");
  },
});

const updateAccount = defineWriteTool({
  name: "update_account",
  category: "action",
  description: "Change an account",
  args: z.strictObject({
    account_id: RowNumber,
    updates: changes({ name: Line.optional(), balance: Decimal.optional() }),
  }),
  writes: [{ table: "public.accounts", op: "UPDATE", target: "$.account_id", target_column: "id" }],
  async run({ account_id, updates: { balance, ...fields } }, { db }) {
    const answer = await ledger(db).from("accounts").update({ ...fields, balance: exact(balance) })
      .eq("id", exact(account_id)).select(ACCOUNT).maybeSingle();
    const account = dataOf(answer);
    return account === null ? notFound("account", "account_id") : tellAccount(account, "Changed the account");
  },
  async look_up({ account_id }, { db }) {
    return tellAccount(await accountOf(db, account_id), "Changed the account");
  },
});

const createTag = defineWriteTool({
  name: "create_tag",
  category: "action",
  description: "Add a tag",
  args: z.strictObject({ label: Line }),
  writes: [{ table: "public.tags", op: "INSERT" }],
  async run(tag, { db }) {
    const answer = await ledger(db).from("tags").insert(tag).select("id::text, label").single();
    return tellTag(dataOf(answer));
  },
  async look_up(_args, { db, receipt }) {
    const { id } = writtenKey(receipt, "public.tags", "id");
    const answer = await ledger(db).from("tags").select("id::text, label").eq("id", exact(id)).maybeSingle();
    return tellTag(dataOf(answer));
  },
});

const getEntry = defineReadTool({
  name: "get_entry",
  category: "detail",
  description: "One entry",
  args: z.strictObject({ account_id: RowNumber, code: KeyText }),
  async run({ account_id, code }, { db }) {
    const entry = await entryOf(db, account_id, code);
    return entry === null ? notFound("entry", "account_id and code") : tellEntry(entry);
  },
});

const createEntry = defineWriteTool({
  name: "create_entry",
  category: "action",
  description: "Add an entry",
  args: z.strictObject({ account_id: RowNumber, code: KeyText, amount: Decimal, note: Line.optional() }),
  writes: [{ table: "public.entries", op: "INSERT" }],
  async run({ account_id, amount, ...fields }, { db }) {
    const row = { ...fields, account_id: exact(account_id), amount: exact(amount) };
    const answer = await ledger(db).from("entries").insert(row).select(ENTRY).single();
    return tellEntry(dataOf(answer));
  },
  async look_up(_args, { db, receipt }) {
    const { account_id, code } = writtenKey(receipt, "public.entries", "account_id", "code");
    return tellEntry(await entryOf(db, account_id, code));
  },
});

const updateEntry = defineWriteTool({
  name: "update_entry",
  category: "action",
  description: "Change an entry",
  args: z.strictObject({
    account_id: RowNumber,
    code: KeyText,
    updates: changes({ amount: Decimal.optional(), note: Line.optional() }),
  }),
  writes: [{
    ...{ table: "public.entries", op: "UPDATE", target: "$.account_id", target_column: "account_id" },
    target_rest: { code: "$.code" },
  }],
  async run({ account_id, code, updates: { amount, ...fields } }, { db }) {
    const answer = await ledger(db).from("entries").update({ ...fields, amount: exact(amount) })
      .eq("account_id", exact(account_id)).eq("code", code).select(ENTRY).maybeSingle();
    const entry = dataOf(answer);
    return entry === null ? notFound("entry", "account_id and code") : tellEntry(entry);
  },
  async look_up({ account_id, code }, { db }) {
    return tellEntry(await entryOf(db, account_id, code));
  },
});

const createCurrency = defineWriteTool({
  name: "create_currency",
  category: "action",
  description: "Add a currency",
  args: z.strictObject({ code: KeyText, name: Line }),
  writes: [{ table: "public.currencies", op: "INSERT" }],
  async run(currency, { db }) {
    const answer = await ledger(db).from("currencies").insert(currency).select("code, name").single();
    return tellCurrency(dataOf(answer));
  },
  async look_up(_args, { db, receipt }) {
    const { code } = writtenKey(receipt, "public.currencies", "code");
    return tellCurrency(await currencyOf(db, code));
  },
});

const updateCurrency = defineWriteTool({
  name: "update_currency",
  category: "action",
  description: "Rename a currency",
  args: z.strictObject({ code: KeyText, updates: changes({ name: Line.optional() }) }),
  writes: [{ table: "public.currencies", op: "UPDATE", target: "$.code", target_column: "code" }],
  async run({ code, updates }, { db }) {
    const answer = await ledger(db).from("currencies").update(updates).eq("code", code)
      .select("code, name").maybeSingle();
    const currency = dataOf(answer);
    if (currency === null) return notFound("currency", "code");
    return { ...tellCurrency(currency), message: changed(currency.name, updates) };
  },
  async look_up({ code }, { db }) {
    return tellCurrency(await currencyOf(db, code));
  },
});

async function accountOf(db: Db, id: string) {
  const answer = await ledger(db).from("accounts").select(ACCOUNT).eq("id", exact(id)).maybeSingle();
  return dataOf(answer);
}

async function entryOf(db: Db, account_id: string, code: string) {
  const answer = await ledger(db).from("entries").select(ENTRY).eq("account_id", exact(account_id))
    .eq("code", code).maybeSingle();
  return dataOf(answer);
}

async function currencyOf(db: Db, code: string) {
  const answer = await ledger(db).from("currencies").select("code, name").eq("code", code).maybeSingle();
  return dataOf(answer);
}

function tellAccount(account: Awaited<ReturnType<typeof accountOf>>, done: string): ToolResult {
  if (account === null) return gone("account");
  return ok(
    { account: withoutEmpty(account) },
    `${done} ${quoted(account.name)}.`,
    shown("public.accounts", account.id),
  );
}

function tellTag(tag: { id: string; label: string } | null): ToolResult {
  if (tag === null) return gone("tag");
  return ok({ tag }, `Tag ${quoted(tag.label)}.`, shown("public.tags", tag.id));
}

function tellEntry(entry: Awaited<ReturnType<typeof entryOf>>): ToolResult {
  if (entry === null) return gone("entry");
  return ok(
    { entry: withoutEmpty(entry) },
    `Entry ${quoted(entry.code)}.`,
    shown("public.entries", rowKey(entry.account_id, entry.code)),
  );
}

function tellCurrency(currency: Awaited<ReturnType<typeof currencyOf>>): ToolResult {
  if (currency === null) return gone("currency");
  return ok({ currency }, `Currency ${quoted(currency.name)}.`, shown("public.currencies", currency.code));
}

export const LEDGER_TOOLS = [
  ...[listAccounts, getAccount, getEntry],
  ...[createAccount, updateAccount, createTag, createEntry, updateEntry, createCurrency, updateCurrency],
];
