// Draws a chart on a canvas from the data beside it. The table below holds the same figures, so a page
// without scripts loses nothing but the picture. Canvas and rich-text tooltips keep to the strict policy.
class ReportChart extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector(".chart-frame__canvas");
    const source = this.querySelector('script[type="application/json"]');
    if (!this.box || !source) return;
    this.data = JSON.parse(source.textContent);
    this.redraw = () => this.draw();
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", this.redraw);
    this.themes = new MutationObserver(this.redraw);
    this.themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.sizes = new ResizeObserver(() => this.chart?.resize());
    this.sizes.observe(this.box);
    if (window.echarts) this.draw();
    else window.addEventListener("load", this.redraw, { once: true });
  }

  disconnectedCallback() {
    this.scheme?.removeEventListener("change", this.redraw);
    this.themes?.disconnect();
    this.sizes?.disconnect();
    this.chart?.dispose();
  }

  draw() {
    if (!window.echarts) return;
    this.chart ??= window.echarts.init(this.box, null, { renderer: "canvas" });
    this.chart.setOption(this.options(this.colours()), true);
  }

  // Colours as the browser computes them: the canvas does not know light-dark() or custom properties.
  colours() {
    const probe = document.createElement("i");
    this.append(probe);
    const of = (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    };
    const found = { ink: of("--ink"), quiet: of("--ink-2"), line: of("--line"), paper: of("--surface"), soft: of("--brand-soft"), marks: ["--brand", "--info", "--warn", "--sale"].map(of) };
    probe.remove();
    return found;
  }

  number(value) {
    const { unit } = this.data;
    const style = unit ? { style: "currency", currency: unit, maximumFractionDigits: 0 } : {};
    return new Intl.NumberFormat("en-IN", style).format(value);
  }

  short(value) {
    return new Intl.NumberFormat("en-IN", { notation: "compact", maximumFractionDigits: 1 }).format(value);
  }

  options(colour) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const base = {
      animation: !calm,
      animationDuration: 300,
      color: colour.marks,
      textStyle: { fontFamily: "Inter, system-ui, sans-serif", color: colour.ink },
      aria: { enabled: true, label: { description: this.data.description } },
      tooltip: { renderMode: "richText", trigger: "axis", backgroundColor: colour.paper, borderColor: colour.line, textStyle: { color: colour.ink }, valueFormatter: (value) => this.number(value) },
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
    };
    const kinds = { funnel: "funnel", heatmap: "heatmap", hbar: "bars" };
    return this[kinds[this.data.kind] ?? "lines"](base, colour);
  }

  axis(colour) {
    return { axisLabel: { color: colour.quiet }, axisLine: { lineStyle: { color: colour.line } }, axisTick: { show: false }, splitLine: { lineStyle: { color: colour.line } } };
  }

  lines(base, colour) {
    const isLine = this.data.kind === "line";
    return {
      ...base,
      legend: this.data.series.length > 1 ? { top: 0, right: 0, textStyle: { color: colour.quiet } } : undefined,
      xAxis: { type: "category", data: this.data.labels, ...this.axis(colour), splitLine: { show: false } },
      yAxis: { type: "value", ...this.axis(colour), axisLabel: { color: colour.quiet, formatter: (value) => this.short(value) } },
      series: this.data.series.map((series, index) => ({
        name: series.label, data: series.values, type: isLine ? "line" : "bar", smooth: 0.15, showSymbol: false, barMaxWidth: 56,
        lineStyle: { width: index ? 1.5 : 2.5, type: index ? "dashed" : "solid" }, itemStyle: { borderRadius: [6, 6, 0, 0] }, areaStyle: isLine && !index ? { opacity: 0.08 } : undefined,
      })),
    };
  }

  bars(base, colour) {
    return {
      ...base,
      xAxis: { type: "value", ...this.axis(colour), axisLabel: { color: colour.quiet, hideOverlap: true, formatter: (value) => this.short(value) } },
      yAxis: { type: "category", inverse: true, data: this.data.labels, ...this.axis(colour), axisLabel: { color: colour.ink, width: 140, overflow: "truncate" } },
      series: this.data.series.map((series) => ({ name: series.label, data: series.values, type: "bar", barMaxWidth: 22, itemStyle: { borderRadius: [0, 6, 6, 0] } })),
    };
  }

  funnel(base, colour) {
    const [series] = this.data.series;
    const rows = this.data.labels.map((name, index) => ({ name, value: series?.values[index] ?? 0 }));
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: "item" },
      series: [{ type: "funnel", sort: "none", gap: 4, left: 8, right: 8, top: 8, bottom: 8, minSize: "12%", label: { position: "inside", color: colour.paper, fontWeight: 600, formatter: "{b}: {c}" }, itemStyle: { borderWidth: 0, color: colour.marks[0] }, data: rows }],
    };
  }

  heatmap(base, colour) {
    const cells = this.data.series.flatMap((row, y) => row.values.map((value, x) => [x, y, value]));
    const most = Math.max(1, ...cells.map((cell) => cell[2]));
    return {
      ...base,
      tooltip: { ...base.tooltip, trigger: "item", formatter: (item) => `${this.data.secondLabels[item.value[1]]} · ${this.data.labels[item.value[0]]}: ${this.number(item.value[2])}` },
      xAxis: { type: "category", data: this.data.labels, ...this.axis(colour), position: "top" },
      yAxis: { type: "category", data: this.data.secondLabels, inverse: true, ...this.axis(colour) },
      visualMap: { show: false, min: 0, max: most, inRange: { color: [colour.soft, colour.marks[0]] } },
      series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: colour.paper, borderWidth: 3, borderRadius: 6 } }],
    };
  }
}
customElements.define("report-chart", ReportChart);
