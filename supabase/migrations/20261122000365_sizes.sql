-- How large one value may be, of the tables that have few rules more (the others: private.fits), so that nobody fills
-- the database with a few rows. Each bound is beyond what the functions write themselves.

alter table public.chat_messages
  add constraint chat_messages_sizes check (char_length(content) <= 2000000);
alter table public.tool_receipts
  add constraint tool_receipts_sizes check (char_length(relation) <= 200 and octet_length(row_key::text) <= 20000);
alter table public.usage_reservations
  add constraint usage_reservations_sizes check (char_length(broken_budget) <= 100);
alter table public.usage_settlements
  add constraint usage_settlements_sizes check (char_length(secret) <= 200
    and octet_length(parameters::text) <= 40000 and octet_length(cuts::text) <= 1000000),
  add constraint usage_settlements_name_sizes check (
    greatest(char_length(model_asked), char_length(model_answered)) <= 1000
    and greatest(char_length(end_reason), char_length(failure)) <= 100);
