// First messages of one chat meet often enough for every order to occur.
import { testAsUser } from "./agents_calls.ts";
import { firstPosts } from "./client_id_races.ts";

testAsUser(
  "first messages of one chat are one session and one run, however they meet",
  (_user, sql) => firstPosts(sql, 60),
);
