// Decisions and approved writes meet all else that may happen to their run, often enough for every order to occur.
import { testMeetings } from "./decision_races.ts";

testMeetings(40);
