// The little that pages need beyond htmx: fields that submit their form, questions before deeds, charts.
"use strict";

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-submit]")) field.form.requestSubmit();
  if (field.matches("[data-check-all]")) {
    for (const box of field.form.querySelectorAll(`input[name="${field.dataset.checkAll}"]`)) box.checked = field.checked;
  }
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

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

const COLOURS = ["#1d4f8b", "#a0670c", "#4f7a3a"];

function drawLines(element, data) {
  const font = getComputedStyle(document.body).fontFamily;
  const chart = echarts.init(element, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 44, top: 36, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0 },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: data.days, boundaryGap: false },
    yAxis: { type: "value", minInterval: 1 },
    series: data.lines.map((line) => ({
      name: line.name,
      type: "line",
      data: line.values,
      symbol: "circle",
      symbolSize: 5,
      lineStyle: { width: 2, type: line.dashed ? "dashed" : "solid" },
      areaStyle: line.area ? { opacity: 0.08 } : undefined,
    })),
  });
  new ResizeObserver(() => chart.resize()).observe(element);
}

const GRADES = { "grade-A": "#4f9d69", "grade-B": "#5187c4", "grade-C": "#e0b23c", "grade-D": "#cf5b52", "grade-none": "#aab4c2" };

function drawStacks(element, data) {
  const font = getComputedStyle(document.body).fontFamily;
  element.style.height = `${Math.max(data.units.length * 1.9 + 4.5, 9)}rem`;
  const chart = echarts.init(element, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    color: data.grades.map((grade) => GRADES[grade.look]),
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 24, top: 36, bottom: 8, containLabel: true },
    legend: { top: 0, left: 0 },
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
  new ResizeObserver(() => chart.resize()).observe(element);
}

const DRAWN = { lines: drawLines, stacks: drawStacks };

function drawCharts() {
  for (const element of document.querySelectorAll("[data-chart]")) {
    const draw = DRAWN[element.dataset.drawn || "lines"];
    draw(element, JSON.parse(document.getElementById(element.dataset.chart).textContent));
  }
}

document.addEventListener("DOMContentLoaded", drawCharts);
