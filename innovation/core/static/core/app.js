// What a page does beyond links and forms. Everything works without this file; it only saves steps.
"use strict";

// htmx sends the token that Django checks.
document.addEventListener("htmx:configRequest", (event) => {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = field.value;
});

// The error summary is read first.
function focusSummary() {
  document.querySelector("[data-focus]")?.focus();
}
document.addEventListener("DOMContentLoaded", focusSummary);
document.addEventListener("htmx:afterSettle", focusSummary);

// An open menu closes on Escape and on a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.closest("[data-print]")) window.print();
});

// A form on its way shows that it works.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) event.target.setAttribute("data-busy", "");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-busy]")) form.removeAttribute("data-busy");
});
