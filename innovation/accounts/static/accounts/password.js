// A button beside each password that shows what was typed. Without this file the fields stay as they are.
"use strict";

for (const field of document.querySelectorAll("[data-password]")) {
  const input = field.querySelector("input");
  const button = document.createElement("button");
  const tell = () => {
    const hidden = input.type === "password";
    button.textContent = hidden ? field.dataset.show : field.dataset.hide;
    button.setAttribute("aria-label", hidden ? field.dataset.showLabel : field.dataset.hideLabel);
  };
  button.type = "button";
  button.className = "password-toggle";
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    tell();
  });
  // Sent hidden, so that the browser does not remember it as plain text.
  input.form.addEventListener("submit", () => { input.type = "password"; });
  tell();
  input.parentElement.classList.add("has-toggle");
  input.after(button);
}
