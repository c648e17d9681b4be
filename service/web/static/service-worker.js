// Shows push messages and opens the page they are about. It keeps no page and no answer: nothing of a child
// stays behind on the device.
"use strict";

const ICON = "/static/icon-192.png";
const BADGE = "/static/badge-96.png";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // A browser asks that something is shown for every push, also for one that we can't read.
  }
  const shown = {
    body: said.body || "Open Jaarritme om te zien wat er klaarstaat.",
    tag: said.tag || "jaarritme",
    icon: ICON,
    badge: BADGE,
    lang: "nl",
    data: { url: said.url || "/vandaag" },
  };
  event.waitUntil(self.registration.showNotification(said.title || "Jaarritme", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

async function open(path) {
  const url = new URL(path, self.location.origin);
  if (url.origin !== self.location.origin) return;
  for (const page of await self.clients.matchAll({ type: "window" })) {
    if (new URL(page.url).pathname === url.pathname) {
      await page.focus();
      return;
    }
  }
  await self.clients.openWindow(url.href);
}
