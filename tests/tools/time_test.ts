import assert from "node:assert/strict";
import { instant, isDay, isMoment, localDay, localTime } from "../../shared/tools/time.ts";

const MOMENTS: [text: string, zone: string, utc: string][] = [
  ["2026-11-23T09:00", "Europe/Berlin", "2026-11-23T08:00:00.000Z"],
  ["2026-07-23T09:00:30", "Europe/Berlin", "2026-07-23T07:00:30.000Z"],
  ["2026-11-23 09:00", "Asia/Kathmandu", "2026-11-23T03:15:00.000Z"],
  ["2026-11-23", "America/New_York", "2026-11-23T05:00:00.000Z"],
  ["2026-11-23T09:00Z", "Asia/Tokyo", "2026-11-23T09:00:00.000Z"],
  ["2026-11-23T09:00:00.123+0530", "UTC", "2026-11-23T03:30:00.000Z"],
  ["2026-11-23T09:00-03", "UTC", "2026-11-23T12:00:00.000Z"],
  // Berlin skips 2:00 to 3:00 on 29 March 2026, and New York on 8 March.
  ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-03-29T01:59", "Europe/Berlin", "2026-03-29T00:59:00.000Z"],
  ["2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00:00.000Z"],
  ["2026-03-08T02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
  ["2026-10-25T01:59", "Europe/Berlin", "2026-10-24T23:59:00.000Z"],
  ["2026-10-25T03:00", "Europe/Berlin", "2026-10-25T02:00:00.000Z"],
  // The day that Samoa left out.
  ["2011-12-31T00:00", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
];

Deno.test("a time without an offset is the zone's wall clock, across changes of summer time", () => {
  for (const [text, zone, utc] of MOMENTS) assert.equal(instant(text, zone), utc, `${text} ${zone}`);
});

Deno.test("what one clock shows is read back as the same instant", () => {
  for (
    const zone of ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC", "Pacific/Kiritimati"]
  ) {
    for (let hour = 0; hour < 24 * 365; hour += 7) {
      const at = new Date(Date.UTC(2026, 0, 1, hour, 30)).toISOString();
      assert.equal(instant(localTime(at, zone), "UTC"), at, `${at} ${zone}`);
    }
  }
});

Deno.test("times are shown to the minute with their offset, and the day is the zone's", () => {
  assert.equal(localTime("2026-11-23T08:00:59Z", "Europe/Berlin"), "2026-11-23T09:00+01:00");
  assert.equal(localTime("2026-11-23 08:00:00+00", "America/St_Johns"), "2026-11-23T04:30-03:30");
  assert.equal(localTime("2026-11-23T08:00:00Z", "UTC"), "2026-11-23T08:00Z");
  assert.equal(localDay("2026-11-22T12:00:00Z", "Pacific/Auckland"), "2026-11-23");
});

Deno.test("only real dates and times are moments", () => {
  for (
    const text of [
      "2026-02-29",
      "2026-13-01",
      "2026-11-23T24:00",
      "2026-11-23T09:60",
      "9:00",
      "",
      "now",
      "2026-11-23T09:00+25:00",
      "0000-01-01",
    ]
  ) {
    assert.equal(isMoment(text), false, text);
  }
  assert.equal(isMoment("2028-02-29"), true);
  assert.equal(isDay("2026-11-23"), true);
  assert.equal(isDay("2026-11-23T09:00"), false);
});
