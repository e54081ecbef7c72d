// A few tries of each meeting; decision_races_deep_test has more.
import { testMeetings } from "./decision_races.ts";

testMeetings(4);
