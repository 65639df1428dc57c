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

function drawCharts() {
  for (const element of document.querySelectorAll("[data-chart]")) {
    drawLines(element, JSON.parse(document.getElementById(element.dataset.chart).textContent));
  }
}

document.addEventListener("DOMContentLoaded", drawCharts);
