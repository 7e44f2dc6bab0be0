"use strict";
for (const table of document.querySelectorAll("table.sorted")) {
  const body = table.tBodies[0];
  const keys = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
  table.querySelectorAll("th button").forEach((button, column) => {
    button.addEventListener("click", () => {
      const up = button.closest("th").getAttribute("aria-sort") !== "ascending";
      const isNumber = button.closest("th").classList.contains("number");
      const rows = [...body.rows].map((row) => [keys(row, column), row]);
      const order = isNumber ? (a, b) => a[0] - b[0] : (a, b) => a[0].localeCompare(b[0], undefined, { numeric: true });
      rows.sort((a, b) => (up ? order(a, b) : order(b, a)));
      table.querySelectorAll("th").forEach((each) => each.removeAttribute("aria-sort"));
      button.closest("th").setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows.map((each) => each[1]));
    });
  });
}
for (const input of document.querySelectorAll("input[type=search]")) {
  const body = document.getElementById(input.dataset.of).tBodies[0];
  const texts = [...body.rows].map((row) => row.textContent.toLowerCase());
  input.addEventListener("input", () => {
    const asked = input.value.toLowerCase();
    [...body.rows].forEach((row) => (row.hidden = !row.dataset.text.includes(asked)));
  });
  [...body.rows].forEach((row, number) => (row.dataset.text = texts[number]));
}
