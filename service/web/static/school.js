// Small comforts on top of pages that work without any script.
(() => {
  "use strict";

  // Escape closes what was opened, and gives the focus back to its button.
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest?.("details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });

  // A menu closes when the pointer goes elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // A choice that is the whole form sends it.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sends]")) event.target.form?.requestSubmit();
  });

  // A link to a part that is folded opens it.
  const unfold = () => {
    const part = document.getElementById(location.hash.slice(1));
    if (part?.matches("details")) part.open = true;
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  // A form that is on its way is not sent again by a second click.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[hx-post], [data-push]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });

  // An answer replaces the page's content: keep open what was open, and move the focus to the news.
  let opened = [];
  document.addEventListener("htmx:before:swap", () => {
    opened = [...document.querySelectorAll("details[id][open]")].map((each) => each.id);
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const id of opened) {
      const each = document.getElementById(id);
      if (each) each.open = true;
    }
    document.querySelector("[data-problem], [data-news]")?.focus({ preventScroll: true });
  });
})();
