import assert from "node:assert/strict";
import {
  endInstant,
  instant,
  isDay,
  isMoment,
  localDay,
  localStart,
  localTime,
  weekday,
} from "../../shared/tools/time.ts";

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
  // Of two times that the clocks show, the first; east and west of Greenwich.
  ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
  ["2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00.000Z"],
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

Deno.test("a day without a time is shown as the day, and read back as the same instant", () => {
  // Cairo skips its midnight on 24 April 2026; Havana has two on 1 November 2026; Apia has no 30 December 2011.
  assert.equal(localStart("2026-11-22T23:00:00Z", "Europe/Berlin"), "2026-11-23");
  assert.equal(localStart("2026-11-22T23:01:00Z", "Europe/Berlin"), "2026-11-23T00:01+01:00");
  assert.equal(localStart("2026-11-22T23:00:30Z", "Europe/Berlin"), "2026-11-23T00:00+01:00");
  assert.equal(localStart("2026-11-01T04:00:00Z", "America/Havana"), "2026-11-01");
  assert.equal(localStart("2026-11-01T05:00:00Z", "America/Havana"), "2026-11-01T00:00-05:00");
  for (const zone of ["Africa/Cairo", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "UTC"]) {
    for (let day = 0; day < 366; day += 1) {
      for (const year of [2011, 2026]) {
        const at = instant(new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10), zone);
        const shown = localStart(at, zone);
        assert.equal(shown.length, 10, `${at} ${zone}`);
        assert.equal(instant(shown, zone), at, zone);
      }
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
      "9999-12-31",
    ]
  ) {
    assert.equal(isMoment(text), false, text);
  }
  assert.equal(isMoment("2028-02-29"), true);
  assert.equal(isDay("2026-11-23"), true);
  assert.equal(isDay("2026-11-23T09:00"), false);
});

Deno.test("a window that a bare date closes has all of that day, of 23 or 25 hours", () => {
  assert.equal(endInstant("2026-11-23", "Europe/Berlin"), "2026-11-23T23:00:00.000Z");
  assert.equal(endInstant("2026-10-25", "Europe/Berlin"), "2026-10-25T23:00:00.000Z");
  assert.equal(endInstant("2026-12-31", "UTC"), "2027-01-01T00:00:00.000Z");
  assert.equal(endInstant("2026-11-23T00:00", "UTC"), "2026-11-23T00:00:00.000Z");
});

Deno.test("a day has its weekday", () => {
  assert.equal(weekday("2026-11-23T09:00+01:00"), "Mon");
  assert.equal(weekday("2028-02-29"), "Tue");
  assert.equal(weekday("2026-11-22"), "Sun");
});
