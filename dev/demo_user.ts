// The user whose workspace `supabase/seed.sql` fills.
import { z } from "zod";

export interface DemoUser {
  email: string;
  password: string;
}

// seed.sql knows the address. The password is for this machine's loopback only.
export const DEMO_USER: DemoUser = { email: "demo@example.com", password: "demo-password" };

/** Signs the demo user up through the auth API behind the gateway at `url`. */
export async function signUpDemoUser(url: string, publishable_key: string): Promise<void> {
  const answer = await fetch(`${url}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey: publishable_key, "content-type": "application/json" },
    body: JSON.stringify(DEMO_USER),
  });
  const body: unknown = await answer.json();
  if (!z.object({ access_token: z.string() }).safeParse(body).success) {
    throw new Error(`The demo user could not be signed up: ${answer.status} ${JSON.stringify(body)}`);
  }
}
