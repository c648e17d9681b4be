// Asks this browser for an address to send push messages to, and hands it in with the form around the button.
(() => {
  "use strict";

  const form = document.querySelector("[data-push]");
  if (!form) return;
  const told = form.querySelector("[data-told]");
  const button = form.querySelector("button");
  const say = (name) => {
    told.textContent = form.dataset[name];
  };

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    say("unable");
    return;
  }
  for (const hidden of form.querySelectorAll("[hidden]")) hidden.hidden = false;
  if (Notification.permission === "denied") say("denied");

  const subscribe = async () => {
    const registration = await navigator.serviceWorker.register("/service-worker.js");
    await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) };
    try {
      return await registration.pushManager.subscribe(options);
    } catch (error) {
      // An address for another key than ours stands in the way: it can't be ours any more.
      if (error.name !== "InvalidStateError") throw error;
      await (await registration.pushManager.getSubscription())?.unsubscribe();
      return registration.pushManager.subscribe(options);
    }
  };

  form.addEventListener("submit", async (event) => {
    if (form.elements.subscription.value) return;
    event.preventDefault();
    button.setAttribute("aria-busy", "true");
    say("asking");
    try {
      if ((await Notification.requestPermission()) !== "granted") {
        say("denied");
        return;
      }
      form.elements.subscription.value = JSON.stringify(await subscribe());
      form.requestSubmit();
    } catch {
      say("failed");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
})();
