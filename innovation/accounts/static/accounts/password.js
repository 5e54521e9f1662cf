// A button beside each password that shows what was typed. Without this file the fields stay as they are.
"use strict";

const words = document.currentScript.dataset;

for (const input of document.querySelectorAll("input[type=password]")) {
  const frame = document.createElement("div");
  const button = document.createElement("button");
  const tell = () => {
    const hidden = input.type === "password";
    button.textContent = hidden ? words.show : words.hide;
    button.setAttribute("aria-label", hidden ? words.showLabel : words.hideLabel);
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
  frame.className = "password";
  input.replaceWith(frame);
  frame.append(input, button);
}
