// The little that pages need beyond htmx: fields that submit their form, questions before deeds, charts.
"use strict";

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-submit]")) field.form.requestSubmit();
  if (field.matches("[data-check-all]")) {
    for (const box of field.form.querySelectorAll(`input[name="${field.dataset.checkAll}"]`)) box.checked = field.checked;
  }
});

// "/" goes to the search box from wherever nothing is being typed.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.querySelector("[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
  else if (document.body.dataset.user) keepDraft(event.target);
});

// What a page asks for by itself is no sign of somebody who is there.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent) event.detail.headers["X-Unattended"] = "1";
});

// Who was signed out before sending a form finds it as it was after signing in again; nobody else does.
const isTyped = (field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type);
const isChosen = (field) => ["checkbox", "radio"].includes(field.type);

function keepDraft(form) {
  const typed = [...form.elements].filter((field) => isTyped(field) && (!isChosen(field) || field.checked));
  const fields = typed.map((field) => [field.name, field.value]);
  const draft = { user: document.body.dataset.user, page: location.pathname, action: form.action, fields };
  sessionStorage.setItem("draft", JSON.stringify(draft));
}

function bringDraftBack() {
  if (!document.body.dataset.user) return;
  const draft = JSON.parse(sessionStorage.getItem("draft"));
  sessionStorage.removeItem("draft");
  const signedIn = document.referrer && new URL(document.referrer).pathname.startsWith("/sign-in");
  if (!draft || !signedIn || draft.user !== document.body.dataset.user || draft.page !== location.pathname) return;
  const fits = (one) => one.action === draft.action && draft.fields.every(([name]) => one.elements[name]);
  const form = [...document.forms].find(fits);
  for (const field of [...(form?.elements || [])].filter(isTyped)) {
    const at = draft.fields.findIndex(([name, value]) => name === field.name && (!isChosen(field) || value === field.value));
    if (isChosen(field)) field.checked = at >= 0;
    else if (at >= 0) field.value = draft.fields.splice(at, 1)[0][1];
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill-username]");
  if (button) {
    document.getElementById("id_username").value = button.dataset.fillUsername;
    document.getElementById("id_password").value = button.dataset.fillPassword;
    document.getElementById("id_username").form.requestSubmit();
  }
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const row = document.getElementById(opener.dataset.opens).closest("tr");
    row.hidden = !row.hidden;
    opener.setAttribute("aria-expanded", String(!row.hidden));
  }
  for (const card of document.querySelectorAll("details.figure-card[open]")) {
    if (!card.contains(event.target)) card.open = false;
  }
});

const COLOURS = ["#1d4f8b", "#a0670c", "#4f7a3a", "#8a3b6f"];
const MANY = 40;

function begin(element, options) {
  const font = getComputedStyle(document.body).fontFamily;
  const chart = echarts.init(element, null, { renderer: "svg" });
  chart.setOption({ animation: false, color: COLOURS, textStyle: { fontFamily: font }, legend: { top: 0, left: 0, type: "scroll" }, ...options });
  new ResizeObserver(() => chart.resize()).observe(element);
}

function drawLines(element, data) {
  const several = data.lines.length > 1;
  begin(element, {
    legend: { top: 0, left: 0, type: "scroll", show: several },
    grid: { left: 8, right: 44, top: several ? 36 : 12, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: data.days, boundaryGap: data.lines.some((line) => line.bar) },
    yAxis: { type: "value", minInterval: data.fine ? undefined : 1 },
    series: data.lines.map((line) => ({
      name: line.name,
      type: line.bar ? "bar" : "line",
      data: line.values,
      symbol: "circle",
      symbolSize: 5,
      showSymbol: line.values.length < MANY,
      barMaxWidth: 26,
      lineStyle: { width: 2, type: line.dashed ? "dashed" : "solid" },
      areaStyle: line.area ? { opacity: 0.08 } : undefined,
    })),
  });
}

function drawFront(element, data) {
  const axis = { type: "value", scale: true, nameTextStyle: { align: "left" } };
  begin(element, {
    grid: { left: 8, right: 24, top: 56, bottom: 28, containLabel: true },
    tooltip: { trigger: "item", renderMode: "richText", formatter: (point) => point.data.text },
    xAxis: { ...axis, name: data.across, nameLocation: "middle", nameGap: 26 },
    yAxis: { ...axis, name: data.up },
    series: data.lines.map((line) => ({
      name: line.name,
      type: "line",
      symbol: line.dashed ? "none" : "circle",
      symbolSize: 8,
      lineStyle: { width: 2, type: line.dashed ? "dashed" : "solid" },
      data: line.points.map((point) => ({ value: [point.x, point.y], text: point.text })),
    })),
  });
}

const GRADES = { "grade-A": "#4f9d69", "grade-B": "#5187c4", "grade-C": "#e0b23c", "grade-D": "#cf5b52", "grade-none": "#aab4c2" };

function drawStacks(element, data) {
  element.style.height = `${Math.max(data.units.length * 1.9 + 4.5, 9)}rem`;
  begin(element, {
    color: data.grades.map((grade) => GRADES[grade.look]),
    grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText" },
    xAxis: { type: "value", minInterval: 1 },
    yAxis: { type: "category", data: data.units, inverse: true, axisLabel: { width: 120, overflow: "truncate" } },
    series: data.grades.map((grade) => ({
      name: grade.name,
      type: "bar",
      stack: "grades",
      barMaxWidth: 22,
      data: grade.values,
      label: { show: true, color: "#1c2733", fontSize: 11, formatter: (bar) => (bar.value ? String(bar.value) : "") },
      labelLayout: ({ rect, labelRect }) => (labelRect.width > rect.width ? { fontSize: 0 } : {}),
    })),
  });
}

const DRAWN = { lines: drawLines, stacks: drawStacks, front: drawFront };

// A part that htmx brings carries the values in its own attribute: scripts are taken out of it.
function drawCharts(within = document) {
  for (const element of within.querySelectorAll("[data-chart]")) {
    const values = element.dataset.values || document.getElementById(element.dataset.chart).textContent;
    DRAWN[element.dataset.drawn || "lines"](element, JSON.parse(values));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  bringDraftBack();
  drawCharts();
});
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) drawCharts(event.target);
});
