// The search boxes of the admin's forms get the name of their field; the library leaves an empty one nameless.
"use strict";

function nameBoxes() {
  for (const box of document.querySelectorAll(".select2-selection:not([aria-label]), .select2-selection__rendered[role]:not([aria-label])")) {
    const field = box.closest(".select2-container")?.previousElementSibling;
    const label = field?.labels?.[0]?.textContent.trim();
    if (label) box.setAttribute("aria-label", label);
  }
}
document.addEventListener("DOMContentLoaded", () => {
  nameBoxes();
  new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
});
