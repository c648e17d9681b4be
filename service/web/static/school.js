// Small comforts on top of pages that work without any script.
(() => {
  "use strict";

  // One opened panel per row is enough; Escape closes it and gives the focus back to its button.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest?.("details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });

  // The menu closes when the pointer goes elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  // A choice that is the whole form sends it.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-sends]")) event.target.form?.requestSubmit();
  });

  // After an answer is put in place, tell a screen reader and keep the keyboard where it was.
  document.addEventListener("htmx:after:swap", () => {
    document.querySelector("[data-problem]")?.focus();
  });
})();
