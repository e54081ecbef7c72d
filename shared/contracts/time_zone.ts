// A user's time zone: an IANA name that means the same here and in Postgres, which is the name of a place, or UTC.
import { z } from "zod";
import { keptNewest } from "./newest.ts";

/** An IANA name that this runtime knows, such as `Europe/Berlin`. Old names without a place become their place's. */
export const TimeZone = z.string().max(64).transform(placeOf).refine(isTimeZone, {
  error: "must be an IANA time zone such as Europe/Berlin",
});

/**
 * The IANA names without a place, and two that Postgres has dropped, with what the IANA database links them to.
 * Postgres reads many of them as abbreviations, some without the summer time that IANA gives them. The other
 * abbreviations (PST, IST, BST) are no IANA names and mean several things.
 */
const LINKS = new Map(
  Object.entries({
    "America/Chicago": "CST6CDT",
    "America/Denver": "MST7MDT Navajo",
    "America/Havana": "Cuba",
    "America/Jamaica": "Jamaica",
    "America/Los_Angeles": "PST8PDT US/Pacific-New",
    "America/New_York": "EST5EDT",
    "America/Panama": "EST",
    "America/Phoenix": "MST",
    "America/Regina": "Canada/East-Saskatchewan",
    "Africa/Cairo": "Egypt",
    "Africa/Tripoli": "Libya",
    "Asia/Hong_Kong": "Hongkong",
    "Asia/Jerusalem": "Israel",
    "Asia/Seoul": "ROK",
    "Asia/Shanghai": "PRC",
    "Asia/Singapore": "Singapore",
    "Asia/Taipei": "ROC",
    "Asia/Tehran": "Iran",
    "Asia/Tokyo": "Japan",
    "Atlantic/Reykjavik": "Iceland",
    "Europe/Athens": "EET",
    "Europe/Brussels": "CET MET",
    "Europe/Dublin": "Eire",
    "Europe/Istanbul": "Turkey",
    "Europe/Lisbon": "Portugal WET",
    "Europe/London": "GB GB-Eire",
    "Europe/Moscow": "W-SU",
    "Europe/Warsaw": "Poland",
    "Pacific/Auckland": "NZ",
    "Pacific/Chatham": "NZ-CHAT",
    "Pacific/Honolulu": "HST",
    "Pacific/Kwajalein": "Kwajalein",
    UTC: "GMT GMT+0 GMT-0 GMT0 Greenwich UCT Universal UTC Zulu",
  }).flatMap(([place, names]) => names.split(" ").map((name) => [name.toUpperCase(), place])),
);

function placeOf(name: string): string {
  return LINKS.get(name.toUpperCase()) ?? name;
}

/** `SystemV` is a folder of rules that IANA has removed, and that runtimes keep. */
const PLACE = /^(?!SystemV\/)[a-z]+\//i;

/** Asked of each request and each row; a runtime takes long to look a zone up. */
const isKnown = keptNewest((name) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, 1_000);

function isTimeZone(name: string): boolean {
  return name === "UTC" || (PLACE.test(name) && isKnown(name));
}
