// Read calendars with ical.js and node-ical and print, as JSON, what each program understood.
// usage: node judge.mjs FOLDER_OF_PACKAGES FILE...

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const found = require("ical.js");
const ICAL = found.default ?? found;
const nodeIcal = require("node-ical");

const text = (value) => (value === null || value === undefined ? "" : String(value));
const mail = (address) => decodeURIComponent(text(address).replace(/^mailto:/i, ""));
const list = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);

function byIcalJs(source) {
  const calendar = new ICAL.Component(ICAL.parse(source));
  const events = calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const person = (property) => ({
      mail: mail(property.getFirstValue()),
      name: text(property.getParameter("cn")),
      partstat: text(property.getParameter("partstat")),
    });
    const moment = (name) => {
      const time = component.getFirstPropertyValue(name);
      if (!time) return "";
      return time.isDate ? time.toString() : time.toJSDate().toISOString();
    };
    return {
      uid: event.uid,
      sequence: Number(component.getFirstPropertyValue("sequence") ?? 0),
      title: text(event.summary),
      text: text(event.description),
      place: text(event.location),
      starts: moment("dtstart"),
      ends: moment("dtend"),
      status: text(component.getFirstPropertyValue("status")),
      organizer: component.getAllProperties("organizer").map(person).map(({ mail, name }) => ({ mail, name })),
      attendees: component.getAllProperties("attendee").map(person),
    };
  });
  return { method: text(calendar.getFirstPropertyValue("method")), events };
}

function byNodeIcal(source) {
  const parsed = nodeIcal.sync.parseICS(source);
  // It leaves the carets of RFC 6868 in place, as ical.js and icalendar do not.
  const unescaped = (name) => name.replace(/\^(['n^])/g, (_, sign) => ({ "'": '"', n: "\n", "^": "^" })[sign]);
  const person = (found) => ({
    mail: mail(found.val),
    name: unescaped(text(found.params?.CN)),
    partstat: text(found.params?.PARTSTAT),
  });
  const plain = (value) => text(value && value.val !== undefined ? value.val : value);
  const moment = (time) => {
    if (!time || Number.isNaN(time.getTime())) return "";
    if (!time.dateOnly) return time.toISOString();
    const two = (number) => String(number).padStart(2, "0");
    return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  };
  const events = Object.values(parsed).filter((item) => item.type === "VEVENT").map((event) => ({
    uid: event.uid,
    sequence: Number(event.sequence ?? 0),
    title: plain(event.summary),
    text: plain(event.description),
    place: plain(event.location),
    starts: moment(event.start),
    ends: moment(event.end),
    status: text(event.status),
    organizer: list(event.organizer).map(person).map(({ mail, name }) => ({ mail, name })),
    attendees: list(event.attendee).map(person),
  }));
  return { method: text(parsed.vcalendar?.method), events };
}

const readers = { "ical.js": byIcalJs, "node-ical": byNodeIcal };
const understood = {};
for (const [name, read] of Object.entries(readers)) {
  understood[name] = files.map((file) => {
    try {
      return read(readFileSync(file, "utf8"));
    } catch (error) {
      return { error: String(error) };
    }
  });
}
process.stdout.write(JSON.stringify(understood));
