// What a page does beyond links and forms. Everything works without this file; it only saves steps.
"use strict";

// htmx sends the token that Django checks.
document.addEventListener("htmx:configRequest", (event) => {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = field.value;
});

// The error summary is read first.
function focusSummary() {
  document.querySelector("[data-focus]:not([data-sample] *)")?.focus();
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

// On a narrow screen the ways lie in one line: the one that is open is pushed into sight.
{
  const way = document.querySelector(".top-links [aria-current]");
  const line = way?.closest(".top-links");
  if (line && line.scrollWidth > line.clientWidth) {
    line.scrollLeft = way.offsetLeft - line.offsetLeft - (line.clientWidth - way.offsetWidth) / 2;
  }
}

// A form on its way shows that it works.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) event.target.setAttribute("data-busy", "");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-busy]")) form.removeAttribute("data-busy");
});

// A mark of a chart says its value where the pointer is.
document.addEventListener("pointerover", (event) => {
  document.querySelector(".chart-tip")?.remove();
  const mark = event.target.closest(".chart-drawing [aria-label]");
  if (!mark || mark.tagName === "svg") return;
  const box = mark.closest(".chart-wide, .chart-narrow");
  const place = mark.getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.textContent = mark.getAttribute("aria-label");
  box.append(tip);
  const left = place.left + place.width / 2 - frame.left - tip.offsetWidth / 2;
  tip.style.left = `${Math.max(0, Math.min(left, frame.width - tip.offsetWidth))}px`;
  tip.style.top = `${Math.max(0, place.top - frame.top - tip.offsetHeight - 8)}px`;
});
