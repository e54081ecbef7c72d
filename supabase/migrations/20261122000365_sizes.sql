-- How large one value may be, of the tables that have few rules more (the others: private.fits), so that nobody fills
-- the database with a few rows. Each bound is beyond what the functions write themselves.

alter table public.chat_sessions
  add constraint chat_sessions_sizes check (octet_length(preferences::text) <= 100000);
alter table public.chat_messages
  add constraint chat_messages_sizes check (char_length(content) <= 2000000);
alter table public.tool_receipts
  add constraint tool_receipts_sizes check (char_length(relation) <= 200 and octet_length(row_key::text) <= 20000);
