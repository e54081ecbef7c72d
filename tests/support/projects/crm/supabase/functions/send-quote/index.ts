// Puts together a quote for a deal. Mailing it is the job of a queue that reads public.deals.
import { createClient } from "@supabase/supabase-js";

Deno.serve(async (request: Request) => {
  const { deal_id } = await request.json();
  const supabase = createClient(
    Deno.env.get("SUPABASE_URL") ?? "",
    Deno.env.get("SUPABASE_ANON_KEY") ?? "",
    { global: { headers: { Authorization: request.headers.get("Authorization") ?? "" } } },
  );
  const { data, error } = await supabase.from("deals").select("title, amount").eq("id", deal_id)
    .single();
  if (error) return Response.json({ error: error.message }, { status: 404 });
  return Response.json({ quote: `${data.title}: ${data.amount} EUR` });
});
