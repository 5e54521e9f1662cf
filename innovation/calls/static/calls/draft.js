// Saves a section while one types. Without this file the Save button does the same.
// What could not be sent stays in the page and on this device, and goes out as soon as there is a connection.
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const words = form.dataset;
  const state = document.querySelector("[data-state]");
  const store = `draft:${words.user}:${words.application}`;
  const changed = new Set();
  let sending = false, timer = 0, pause = 0, leaving = false;

  const wrapper = (key) => form.querySelector(`[data-field="${CSS.escape(key)}"]`);
  const controls = (key) => [...wrapper(key).querySelectorAll("input, select, textarea")].filter((one) => one.name && one.type !== "file");
  const revision = (key) => form.elements[`r-${key}`];
  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || form.elements.csrfmiddlewaretoken.value;

  function say(text, unsaved, link) {
    if (!state) return;
    state.textContent = text;
    state.classList.toggle("unsaved", Boolean(unsaved));
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.target = "_blank";
      anchor.textContent = words.signIn;
      state.append(" ", anchor);
    }
  }

  // Two texts stand in one field: nothing of it leaves before one is chosen.
  const undecided = (key) => wrapper(key).querySelector(".conflict");

  function entries(key) {
    return controls(key).filter((one) => !["checkbox", "radio"].includes(one.type) || one.checked).map((one) => [one.name, one.value]);
  }

  // The copy on this device holds what the server has not confirmed, nothing else.
  function keep() {
    try {
      if (!changed.size) return localStorage.removeItem(store);
      const held = Object.fromEntries([...changed].map((key) => [key, entries(key)]));
      localStorage.setItem(store, JSON.stringify(held));
    } catch (error) { /* a browser without storage keeps the text in the page alone */ }
  }

  function restore() {
    let held = null;
    try { held = JSON.parse(localStorage.getItem(store) || "null"); } catch (error) { held = null; }
    if (!held) return;
    for (const [key, pairs] of Object.entries(held)) {
      if (!wrapper(key) || !revision(key)) continue;
      const values = new Map();
      for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
      const table = wrapper(key).querySelector("[data-rows]");
      if (table) for (const name of values.keys()) while (name.startsWith("f-") && !form.elements[name] && addRow(table)) ;
      for (const one of controls(key)) {
        if (["checkbox", "radio"].includes(one.type)) one.checked = (values.get(one.name) || []).includes(one.value);
        else if (values.has(one.name)) one.value = values.get(one.name)[0];
      }
      changed.add(key);
    }
    if (changed.size) { say(words.restored, true); plan(200); }
  }

  function plan(wait) {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
  }

  function later() {
    pause = Math.min(pause ? pause * 2 : 1000, 15000);
    plan(pause);
  }

  async function send() {
    if (sending || !changed.size || leaving) return;
    const keys = [...changed].filter((key) => !undecided(key));
    if (!keys.length) return;
    const body = new URLSearchParams();
    for (const key of keys) for (const [name, value] of entries(key)) body.append(name, value);
    const sent = Object.fromEntries(keys.map((key) => [key, JSON.stringify(entries(key))]));
    sending = true;
    say(words.saving, true);
    let answer = null;
    try {
      answer = await fetch(words.draft, { method: "POST", body, headers: { "X-CSRFToken": token(), Accept: "application/json" }, credentials: "same-origin" });
    } catch (error) {
      sending = false;
      say(words.retrying, true);
      return later();
    }
    sending = false;
    if (answer.status === 401 || answer.status === 403) {
      say(words.signedOut, true, words.login);
      return later();
    }
    if (answer.status === 409) {
      const told = await answer.json();
      return say(told.message, true);
    }
    if (!answer.ok) {
      say(words.retrying, true);
      return later();
    }
    pause = 0;
    const done = await answer.json();
    form.elements.csrfmiddlewaretoken.value = token();
    for (const key of keys) {
      if (key in done.conflicts) {
        changed.delete(key);
        const box = document.createElement("div");
        box.innerHTML = done.conflicts[key];
        wrapper(key).replaceWith(box.firstElementChild);
        continue;
      }
      if (key in done.revisions && revision(key)) revision(key).value = done.revisions[key];
      if (JSON.stringify(entries(key).filter(([name]) => !name.startsWith("r-"))) === JSON.stringify(JSON.parse(sent[key]).filter(([name]) => !name.startsWith("r-")))) changed.delete(key);
      mark(key, done.faults[key] || []);
    }
    for (const [key, text] of Object.entries(done.computed)) {
      const place = wrapper(key)?.querySelector("[data-computed]");
      if (place) place.textContent = text;
    }
    for (const one of form.querySelectorAll("[data-field]")) one.hidden = !done.shown.includes(one.dataset.field);
    keep();
    if (Object.keys(done.conflicts).length) say(words.conflict, true);
    else say(changed.size ? words.saving : done.saved, Boolean(changed.size));
    if (changed.size) plan(500);
  }

  function mark(key, faults) {
    const place = wrapper(key).querySelector("[data-faults]");
    if (!place) return;
    place.replaceChildren(...faults.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }));
    wrapper(key).classList.toggle("field-wrong", faults.length > 0);
    if (!faults.length) mended(key);
    for (const one of controls(key)) if (one.type !== "hidden") one.toggleAttribute("aria-invalid", false);
    if (faults.length) for (const one of controls(key)) if (one.type !== "hidden") one.setAttribute("aria-invalid", "true");
  }

  // What is mended leaves the list above the form.
  function mended(key) {
    const summary = document.querySelector(".error-summary");
    for (const link of summary ? summary.querySelectorAll("li a") : []) {
      if (wrapper(key).contains(document.getElementById(link.hash.slice(1)))) link.closest("li").remove();
    }
    if (summary && !summary.querySelector("li")) summary.remove();
  }

  function touched(event) {
    const field = event.target.closest("[data-field]");
    if (!field || event.target.type === "file" || !revision(field.dataset.field)) return;
    count(event.target);
    if (undecided(field.dataset.field)) return;
    changed.add(field.dataset.field);
    keep();
    if (!sending) say(words.saving, true);
    plan(event.type === "change" ? 300 : 1200);
  }
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("online", () => plan(100));
  window.addEventListener("focus", () => { if (changed.size) plan(100); });
  window.addEventListener("beforeunload", (event) => { if (changed.size && !leaving) event.preventDefault(); });

  // How many characters are left.
  function count(box) {
    if (!box.dataset || !box.dataset.limit) return;
    const note = box.closest("[data-field]").querySelector("[data-count]");
    if (!note) return;
    const left = Number(box.dataset.limit) - [...box.value].length;
    note.textContent = left < 0 ? `${words.over}${-left}` : `${words.left}${left}`;
    note.classList.toggle("over", left < 0);
  }
  form.querySelectorAll("[data-limit]").forEach(count);

  // Rows of a table come and go without leaving the page.
  function number(table) {
    table.querySelectorAll("tbody tr").forEach((row, place) => {
      const renamed = (text) => text.replace(/^(id_)?(f-[a-z0-9_]+-)\d+-/, `$1$2${place}-`);
      for (const one of row.querySelectorAll("[name], [id], [for]")) {
        if (one.name && one.name.startsWith("f-")) one.name = renamed(one.name);
        if (one.id) one.id = renamed(one.id);
        if (one.htmlFor) one.htmlFor = renamed(one.htmlFor);
        if (one.name === "act") one.value = `row-remove:${table.dataset.rows}:${place}`;
      }
    });
  }
  function addRow(table) {
    const rows = table.querySelectorAll("tbody tr");
    if (!rows.length || rows.length > 199) return null;
    const fresh = rows[rows.length - 1].cloneNode(true);
    for (const one of fresh.querySelectorAll("input, textarea")) one.value = "";
    for (const one of fresh.querySelectorAll("select")) one.selectedIndex = 0;
    table.querySelector("tbody").append(fresh);
    number(table);
    return fresh;
  }
  form.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    if (!add && !remove) return;
    event.preventDefault();
    const field = event.target.closest("[data-field]");
    const table = field.querySelector("[data-rows]");
    if (add) {
      addRow(table)?.querySelector("input, select, textarea")?.focus();
      return;
    }
    if (table.querySelectorAll("tbody tr").length === 1) addRow(table);
    remove.closest("tr").remove();
    number(table);
    changed.add(field.dataset.field);
    keep();
    plan(100);
    field.querySelector("[data-add-row]").focus();
  });

  // Codes and names are found while one types.
  let asked = 0;
  form.addEventListener("input", async (event) => {
    const box = event.target;
    if (!box.dataset.lookup) return;
    const chosen = box.list && [...box.list.options].find((one) => one.value === box.value);
    if (chosen) return take(box, chosen.dataset.code);
    const mine = (asked += 1);
    await new Promise((ready) => setTimeout(ready, 250));
    if (mine !== asked || !box.value.trim()) return;
    try {
      const answer = await fetch(words.lookup.replace("KIND", box.dataset.lookup) + "?q=" + encodeURIComponent(box.value), { credentials: "same-origin" });
      if (mine !== asked || !answer.ok) return;
      offer(box, (await answer.json()).found);
    } catch (error) { /* without a connection one types the code */ }
  });
  function offer(box, found) {
    const list = document.getElementById(`list-${box.id}`) || document.createElement("datalist");
    list.id = `list-${box.id}`;
    list.replaceChildren(...found.map((one) => {
      const option = document.createElement("option");
      option.value = one.value;
      option.textContent = one.label;
      option.dataset.code = one.code;
      return option;
    }));
    box.after(list);
    box.setAttribute("list", list.id);
  }
  function take(box, code) {
    const other = code && box.closest(".parts")?.querySelectorAll("input")[1];
    if (other) other.value = code;
  }

  // Files go one by one, with their progress; an error stands at the field.
  form.addEventListener("change", (event) => {
    if (event.target.type === "file" && event.target.files.length) upload(event.target, [...event.target.files]);
  });
  async function upload(box, files) {
    const field = box.closest("[data-field]");
    const key = field.dataset.field;
    const status = field.querySelector(".upload-status");
    const errors = [];
    let html = "";
    box.disabled = true;
    for (const file of files) {
      const line = document.createElement("p");
      const bar = document.createElement("progress");
      line.textContent = `${words.uploading} ${file.name}`;
      bar.max = 100;
      bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      status.replaceChildren(line, bar);
      const told = await sendFile(key, file, (percent) => { bar.value = percent; });
      if (told.html) html = told.html;
      else errors.push(told.message || `${file.name}: ${told.detail || words.uploadFailed}`);
    }
    box.disabled = false;
    box.value = "";
    status.replaceChildren();
    if (html) {
      const fresh = document.createElement("div");
      fresh.innerHTML = html;
      field.querySelector("[data-files]").replaceWith(fresh.firstElementChild);
    }
    const place = field.querySelector("[data-faults]");
    place.replaceChildren(...errors.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
    field.classList.toggle("field-wrong", errors.length > 0);
    field.querySelector("input[type=file]")?.focus();
  }
  function sendFile(key, file, moved) {
    return new Promise((ready) => {
      const request = new XMLHttpRequest();
      request.open("POST", words.draft.replace(/save\/$/, `files/${key}/`));
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) moved((event.loaded / event.total) * 100); });
      request.addEventListener("load", () => ready(request.response || {}));
      request.addEventListener("error", () => ready({}));
      const body = new FormData();
      body.append("file", file);
      request.send(body);
    });
  }

  restore();
})();
